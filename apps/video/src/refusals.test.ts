import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pictureBytes } from "@nacre/media/pictures";
import { readStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call, root, sandbox, smallFacts, soundFile, tinyModel, y4m } from "../test/program.js";

const model = ["--model", tinyModel];
const bt601 = ["--matrix", "bt601"];

test("a video that was cut keeps the frames before the cut, and says so with code 1", async () => {
  const at = sandbox();
  const bytes = await y4m([0, 1, 2, 3]);
  writeFileSync(at("a.y4m"), bytes.subarray(0, bytes.length - 100));
  const { code, err } = await call(["encode", at("a.y4m"), ...bt601, ...model]);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /ends within frame 4, .*frames before are good; kept so far: .*a\.nacre, .* 3 frames/,
    ),
  ]);
  expect(readStream(readFileSync(at("a.nacre"))).length).toBe(3);
  expect((await call(["verify", at("a.nacre")])).code).toBe(0);
});

test("a size that changes in the middle of a folder keeps the frames before", async () => {
  const at = sandbox();
  const picture = (width: number, height: number) => ({
    ...{ width, height, colour: "rgb" as const, bitDepth: 8 as const },
    planes: [0, 1, 2].map((plane) => new Uint8Array(width * height).fill(80 * plane)),
  });
  for (const [name, width] of [
    ["1.png", 40],
    ["2.png", 40],
    ["3.png", 41],
  ] as const)
    writeFileSync(at(name), (await pictureBytes(picture(width, 30), { format: "png" })).bytes);
  const { code, err } = await call(["encode", at(), "-o", at("a.nacre"), ...model]);
  expect(code).toBe(1);
  expect(err).toMatch(/3\.png is 41 x 30, expected 40 x 30, as the first; .*kept so far/);
  expect(readStream(readFileSync(at("a.nacre"))).length).toBe(2);
});

test("what is no video, holds no frames or is of another medium is refused in one sentence, and nothing is left", async () => {
  const at = sandbox();
  writeFileSync(at("none.y4m"), await y4m([]));
  writeFileSync(at("empty.y4m"), "");
  writeFileSync(at("cut.y4m"), (await y4m([0])).subarray(0, 200));
  writeFileSync(at("wide.y4m"), "YUV4MPEG2 W99999 H99999\n");
  writeFileSync(at("a.y4m"), await y4m([0]));
  const before = readdirSync(at()).sort();
  const cases: [string[], number, RegExp][] = [
    [["encode", at("none.y4m")], 1, /a video without frames/],
    [["encode", at("empty.y4m")], 1, /is empty/],
    [["encode", at("cut.y4m")], 1, /ends within frame 1/],
    [["encode", at("wide.y4m")], 1, /99999 x 99999 pixels/],
    [["encode", at("missing.y4m")], 1, /missing\.y4m/],
    [["encode", at("a.y4m"), "--layers", "2", "--kbps", "9"], 2, /--kbps/],
    [["encode", at("a.y4m"), "--rate", "fast"], 2, /--rate fast/],
    [["encode", at("a.y4m"), "--layers", "9"], 1, /9 layers, expected 1 to 3/],
    [["encode", at("a.y4m"), "--soundtrack", at("a.y4m")], 1, /not a sound/],
    [["decode", soundFile, "-o", at("b.y4m")], 1, /holds a sound, expected a video; use nacre-audio/],
    [["decode", at("a.y4m"), "-o", at("b.y4m")], 1, /does not begin with NACR/],
    [["info", soundFile], 1, /holds a sound/],
    [["inspect", at("a.y4m"), "--page", at("b.html")], 1, /a page of a video/],
  ];
  for (const [argv, code, sentence] of cases) {
    const ended = await call(argv[0] === "info" ? argv : [...argv, ...model]);
    expect([ended.code, ended.err], argv.join(" ")).toEqual([code, expect.stringMatching(sentence)]);
    expect(ended.err.split("\n").filter((line) => line.startsWith("error:"))).toHaveLength(1);
  }
  expect(await call(["encode", "-", ...model], Buffer.from("no video at all"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("a pipe that does not bring YUV4MPEG2"),
  });
  expect(readdirSync(at()).sort()).toEqual(before);
});

test("a damaged file is told by verify, refused by decode, and decoded to its full length with --recover", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m([0, 1, 2, 3]));
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  const bytes = readFileSync(at("a.nacre"));
  bytes[Math.floor(bytes.length / 2)]! ^= 255;
  writeFileSync(at("a.nacre"), bytes);
  expect((await call(["verify", at("a.nacre")])).code).toBe(1);
  const argv = ["decode", at("a.nacre"), "-o", at("b.y4m"), ...model];
  expect((await call(argv)).code).toBe(1);
  expect(existsSync(at("b.y4m"))).toBe(false);
  const { code, err } = await call([...argv, "--recover"]);
  expect([code, err]).toEqual([0, expect.stringMatching(/warning: .*damage in chunk \d/)]);
  expect(readFileSync(at("b.y4m")).length).toBe(readFileSync(at("a.y4m")).length);
});

test("pictures of every frame need a name with a number in it", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m([0]));
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  expect(await call(["decode", at("a.nacre"), "-o", at("b.png"), ...model])).toMatchObject({
    code: 2,
    err: expect.stringContaining("%05d.png"),
  });
});

test("an odd side is no fault but of MP4, which is refused before anything else", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m([0], smallFacts({ width: 33, height: 21 })));
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  expect(await call(["decode", at("a.nacre"), "-o", at("b.mp4"), ...model])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/an MP4 file of 33 x 21 pixels, expected even sides/),
  });
});

test("colours that a file does not say are told as taken, and are not where the user says them", async () => {
  const at = sandbox();
  const { range: _unsaid, ...facts } = smallFacts();
  writeFileSync(at("a.y4m"), await y4m([0], facts));
  expect((await call(["encode", at("a.y4m"), ...model])).err).toMatch(
    /warning: .*a\.y4m does not say what its colours are: taken as if by --matrix bt601 --range limited\n$/,
  );
  const said = ["--matrix", "bt709", "--range", "full"];
  expect((await call(["encode", at("a.y4m"), "-f", ...said, ...model])).err).toBe("");
  expect((await call(["info", at("a.nacre")])).out.toString()).toContain("4:2:0 bt709 full range");
});

const collection = resolve(root, "..", "shared", "media", "video");

test("an MP4 goes there and back with its frames, and without the library a sentence names the command", async ({
  skip,
}) => {
  const clip = join(collection, "odd", "pydub_creative_common_h264_aac.mp4");
  skip(!existsSync(clip), "the collection of videos is not on this machine");
  const at = sandbox();
  const encoded = await call(["encode", clip, "-o", at("a.nacre"), "--layers", "1", ...model]);
  if (/npm install mediabunny/.test(encoded.err)) {
    expect(encoded).toMatchObject({ code: 1, err: expect.stringContaining("@mediabunny/server@1.59.0") });
    expect(readdirSync(at())).toEqual([]);
    return;
  }
  expect(encoded.code).toBe(0);
  expect(encoded.out.toString()).toContain("640 x 480 pixels · 68 frames");
  expect((await call(["decode", at("a.nacre"), "-o", at("b.mp4"), ...model])).code).toBe(0);
  const again = await call(["encode", at("b.mp4"), "--layers", "1", ...model]);
  expect(again.out.toString()).toMatch(
    /640 x 480 pixels · 68 frames.* 2\.27 s .*sound of 48000 Hz, 2 channels/,
  );
});
