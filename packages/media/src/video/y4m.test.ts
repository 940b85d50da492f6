import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { VideoFacts, VideoFrame, VideoStream } from "@nacre/signal";
import { afterAll, describe, expect, test } from "vitest";
import { openY4m, planeSizes, y4mStream } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "nacre-y4m-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ntsc = { numerator: 30_000, denominator: 1001 };

/** Frames whose every sample tells where it stands. */
function madeFrames(facts: VideoFacts, count: number): VideoFrame[] {
  const { luma, colour } = planeSizes(facts);
  const plane = ([width, height]: [number, number], seed: number) =>
    Uint8Array.from({ length: width * height }, (_, at) => (at * 7 + seed * 31) & 255);
  return Array.from({ length: count }, (_, n) => ({
    planes: [plane(luma, 3 * n), plane(colour, 3 * n + 1), plane(colour, 3 * n + 2)],
  }));
}

async function bytesOf(facts: VideoFacts, frames: VideoFrame[]): Promise<Uint8Array> {
  const video: VideoStream = {
    ...facts,
    frames: (async function* () {
      yield* frames;
    })(),
  };
  const parts: Uint8Array[] = [];
  for await (const part of y4mStream(video)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 1 << 20) {
  const { frames, close, ...facts } = await openY4m(inPieces(bytes, size));
  const found: VideoFrame[] = [];
  for await (const frame of frames) found.push(frame);
  await close();
  return { facts, frames: found };
}

const text = (line: string, ...rest: number[][]) =>
  Uint8Array.from([...Buffer.from(line, "latin1"), ...rest.flat()]);
const refusal = async (bytes: Uint8Array) =>
  read(bytes).then(
    () => "read",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("a YUV4MPEG2 file", () => {
  const forms: VideoFacts[] = [
    { width: 8, height: 6, subsampling: "4:2:0", siting: "left", rate: ntsc },
    { width: 7, height: 5, subsampling: "4:2:0", siting: "centre", range: "full" },
    { width: 1, height: 1, subsampling: "4:2:0" },
    {
      width: 3,
      height: 2,
      subsampling: "4:4:4",
      range: "limited",
      aspect: { numerator: 128, denominator: 117 },
    },
    { width: 2, height: 2, subsampling: "4:2:0", siting: "dv", rate: { numerator: 25, denominator: 1 } },
  ];
  test.each(forms)("comes back to the byte as $width x $height $subsampling $siting", async (facts) => {
    const frames = madeFrames(facts, 3);
    const bytes = await bytesOf(facts, frames);
    for (const size of [1, 5, 1 << 20]) expect(await read(bytes, size)).toEqual({ facts, frames });
    expect(await bytesOf(facts, (await read(bytes)).frames)).toEqual(bytes);
  });

  test("has colour planes rounded up at odd sizes: 7 x 5 and twice 4 x 3", async () => {
    const bytes = await bytesOf(forms[1]!, madeFrames(forms[1]!, 2));
    const header = bytes.indexOf(10) + 1;
    expect(bytes.length - header).toBe(2 * (6 + 35 + 2 * 12));
  });

  test("tells how many frames an ordinary file holds, and none of a pipe", async () => {
    const path = join(folder, "three.y4m");
    const bytes = await bytesOf(forms[0]!, madeFrames(forms[0]!, 3));
    writeFileSync(path, bytes);
    const opened = await openY4m(path);
    expect(opened.count).toBe(3);
    await opened.close();
    expect("count" in (await openY4m(inPieces(bytes, 9)))).toBe(false);
  });

  test("without tags is 4:2:0 with colours between the pixels, of unknown rate; frame parameters are passed over", async () => {
    const bytes = text("YUV4MPEG2 W2 H2\nFRAME Ip Xhello\n", [1, 2, 3, 4, 5, 6]);
    const { facts, frames } = await read(bytes);
    expect(facts).toEqual({ width: 2, height: 2, subsampling: "4:2:0", siting: "centre" });
    expect(frames.map(({ planes }) => planes.map((plane) => [...plane]))).toEqual([[[1, 2, 3, 4], [5], [6]]]);
  });

  test("that was cut gives its whole frames, then says where it ends", async () => {
    const facts = forms[0]!;
    const frames = madeFrames(facts, 3);
    const bytes = await bytesOf(facts, frames);
    const opened = await openY4m(inPieces(bytes.subarray(0, bytes.length - 10), 100));
    const found: VideoFrame[] = [];
    await expect(
      (async () => {
        for await (const frame of opened.frames) found.push(frame);
      })(),
    ).rejects.toMatchObject({
      code: "media",
      message: expect.stringContaining("within frame 3, after 62 of 72"),
    });
    expect(found).toEqual(frames.slice(0, 2));
  });

  test("of a form that is not read is refused by its name", async () => {
    const cases: [string, RegExp][] = [
      ["RIFF....AVI LIST", /^media: .*does not begin with/],
      ["YUV4MPEG2 W0 H2\n", /^media: .*a width "0"/],
      ["YUV4MPEG2 H2\n", /^media: .*a width ""/],
      ["YUV4MPEG2 W2 H2 C420p10\n", /^media: .*"420p10".*ffmpeg/],
      ["YUV4MPEG2 W2 H2 Cconstructor\n", /^media: .*"constructor"/],
      ["YUV4MPEG2 W2 H2 It\n", /^media: .*interlaced frames \("It"\)/],
      ["YUV4MPEG2 W2 H2 F25\n", /^media: .*a frame rate "25"/],
      ["YUV4MPEG2 W999999999 H999999999\n", /^media: .*999999999 x 999999999.*at most/],
      ["YUV4MPEG2 W2 H2\nFRAM", /^media: .*no frame begins where frame 1 should/],
      [`YUV4MPEG2 ${"X".repeat(5000)}\n`, /^media: .*does not begin with/],
    ];
    for (const [bytes, expected] of cases) expect(await refusal(text(bytes))).toMatch(expected);
    expect(await refusal(new Uint8Array(0))).toMatch(/^media: /);
    await expect(openY4m(join(folder, "none.y4m"))).rejects.toMatchObject({ code: "io" });
  });

  test("is not written from planes of another size or without whole numbers", async () => {
    const facts = forms[0]!;
    const [frame] = madeFrames(facts, 1);
    const short: VideoFrame = { planes: [frame!.planes[0], frame!.planes[1], new Uint8Array(3)] };
    await expect(bytesOf(facts, [short])).rejects.toMatchObject({ code: "shape" });
    await expect(bytesOf({ ...facts, rate: { numerator: 29.97, denominator: 1 } }, [])).rejects.toMatchObject(
      {
        code: "option",
      },
    );
  });
});

const carphone = resolve(
  import.meta.dirname,
  "../../../../../shared/media/video/bench/carphone-176x144-12f.y4m",
);

test("a real file of mjpegtools' making is read", async ({ skip }) => {
  skip(!existsSync(carphone), "the collection of videos is not on this machine");
  const { frames, close, ...facts } = await openY4m(carphone);
  expect(facts).toEqual({
    ...{ width: 176, height: 144, subsampling: "4:2:0", siting: "left", rate: ntsc },
    ...{ aspect: { numerator: 128, denominator: 117 }, count: 12 },
  });
  const means: number[] = [];
  for await (const { planes } of frames) means.push(planes[0].reduce((a, b) => a + b, 0) / planes[0].length);
  await close();
  expect(means.length).toBe(12);
  // A man in a car by day: neither black nor white, and no jump from frame to frame.
  for (const [n, mean] of means.entries()) expect(Math.abs(mean - means[0]!)).toBeLessThan(5 + n);
});
