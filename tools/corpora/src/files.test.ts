import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { zipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesIn } from "./files.js";
import { decodeG722 } from "./g722/decode-g722.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-corpora-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ramp = (length: number) => ({
  sampleRate: 8000,
  channels: [Float32Array.from({ length }, (_, i) => i / 1024)],
});

test("files in an archive are read like those in folders, whatever their kind", async () => {
  const coded = Uint8Array.from({ length: 50 }, (_, i) => 5 * i);
  mkdirSync(join(folder, "music"));
  writeFileSync(join(folder, "music", "one.wav"), wavBytes(ramp(100)));
  writeFileSync(join(folder, "spoken.g722"), coded);
  const packed = { "music/two.wav": wavBytes(ramp(200)), "three.g722": coded };
  writeFileSync(join(folder, "base.pk3"), zipSync(packed));
  const files = await filesIn(folder);
  const sounds = await Promise.all(
    ["music/one.wav", "base.pk3/music/two.wav", "base.pk3/three.g722", "spoken.g722"].map((path) =>
      files.find((file) => file.path === path)!.read(),
    ),
  );
  expect(sounds[0]).toMatchObject(ramp(100));
  expect(sounds[1]).toMatchObject(ramp(200));
  expect(sounds[2]).toEqual(decodeG722(coded));
  expect(sounds[3]).toEqual(decodeG722(coded));
});

test("a damaged archive, and a damaged file in a sound one, are told", async () => {
  writeFileSync(join(folder, "base.zip"), zipSync({ "a.wav": new Uint8Array([1, 2, 3]) }));
  const inside = (await filesIn(folder)).find(({ path }) => path === "base.zip/a.wav");
  await expect(inside!.read()).rejects.toThrow(expect.objectContaining({ code: "media" }));
  writeFileSync(join(folder, "base.zip"), new Uint8Array(100));
  await expect(filesIn(folder)).rejects.toThrow(expect.objectContaining({ code: "media" }));
});
