import { readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { fixture, piped } from "../test/sounds.js";
import { openAudio } from "./index.js";
import { withHeadJoined } from "./ogg-pages.js";

/** A page with nothing but its place, which is where its last sound ends, and a size. */
function page(place: bigint, size = 40): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.fill(Number(place & 0xffn), 14);
  new DataView(bytes.buffer).setBigInt64(6, place, true);
  return bytes;
}

async function joinedSizes(pages: Uint8Array[]): Promise<number[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of withHeadJoined(streamOfPages(pages))) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(Buffer.concat(pages))).toBe(true);
  return pieces.map((piece) => piece.length);
}

async function* streamOfPages(pages: Uint8Array[]) {
  yield* pages;
}

describe("the head of an Ogg stream", () => {
  test("is joined with the first two pages of sound; the rest stay as they are", async () => {
    const places = [0n, 0n, -1n, 0n, 900n, -1n, 1900n, 2900n, -1n, 3900n];
    expect(await joinedSizes(places.map((place) => page(place)))).toEqual([280, 40, 40, 40]);
  });

  test("is all there is of a stream with a page of sound or none", async () => {
    expect(await joinedSizes([page(0n), page(0n), page(900n)])).toEqual([120]);
    expect(await joinedSizes([page(0n)])).toEqual([40]);
    expect(await joinedSizes([])).toEqual([]);
  });

  test("is not gathered without end", async () => {
    const size = 65_307;
    const sizes = await joinedSizes(Array.from({ length: 200 }, () => page(0n, size)));
    expect(Math.max(...sizes)).toBeLessThan(2 ** 22 + 2 * size);
  });

  test("costs the Vorbis decoder no channels that are not there", async () => {
    const opened = await openAudio(piped(await readFile(fixture("loop-vorbis.ogg"))));
    // The decoder makes an array for each channel that it believes in.
    let made = 0;
    const construct = (target: typeof Float32Array, parts: unknown[]) => {
      made++;
      return Reflect.construct(target, parts);
    };
    vi.stubGlobal("Float32Array", new Proxy(Float32Array, { construct }));
    for await (const block of opened.blocks) expect(block.length).toBe(2);
    vi.unstubAllGlobals();
    expect(made).toBeGreaterThan(10);
    expect(made).toBeLessThan(1000);
  });
});
