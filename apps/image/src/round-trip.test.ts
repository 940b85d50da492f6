import { readFileSync, writeFileSync } from "node:fs";
import { readSafetensors } from "@nacre/codec";
import { openPicture, readPicture } from "@nacre/media/pictures";
import { psnrRgb } from "@nacre/metrics";
import { readStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call, png, sandbox, start, tinyModel, waves } from "../test/program.js";

const model = ["--model", tinyModel];

test("a picture comes back with its size, its alpha to the last bit and its EXIF, and the line says what it cost", async () => {
  const at = sandbox();
  const alpha = Uint8Array.from({ length: 150 * 90 }, (_, i) => (i % 150 < 40 ? 0 : 255));
  // "II", 42, no entries.
  const exif = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  writeFileSync(at("a.png"), await png(waves(150, 90, { alpha, exif })));
  const encoded = await call(["encode", at("a.png"), ...model]);
  expect(encoded).toMatchObject({ code: 0, err: "" });
  expect(encoded.out.toString()).toMatch(
    /a\.nacre: \d+ bytes · \d\.\d{3} bit\/pixel · 150 x 90 pixels · 3 layers · [\d.]+ s\n$/,
  );
  expect((await call(["decode", at("a.nacre"), "-o", at("b.png"), ...model])).code).toBe(0);
  const [before, after] = [await readPicture(at("a.png")), await readPicture(at("b.png"))];
  expect([after.width, after.height, after.colour, after.bitDepth]).toEqual([150, 90, "rgb", 8]);
  expect(after.alpha).toEqual(before.alpha);
  expect(after.exif).toEqual(before.exif);
  expect(psnrRgb({ ...before, peak: 255 }, { ...after, peak: 255 })).toBeGreaterThan(20);
});

test("--strip leaves out EXIF, and grey of 16 bits stays what it is", async () => {
  const at = sandbox();
  const exif = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  writeFileSync(at("a.png"), await png(waves(70, 50, { bitDepth: 16, colour: "grey", exif })));
  await call(["encode", at("a.png"), "--strip", ...model]);
  await call(["decode", at("a.nacre"), "-o", at("b.tif"), ...model]);
  const { colour, bitDepth, exif: kept } = await readPicture(at("b.tif"));
  expect([colour, bitDepth, kept]).toEqual(["grey", 16, undefined]);
});

test("the result is of the kind that its name or --format says, and a name that says none is refused", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(64, 48)));
  await call(["encode", at("a.png"), ...model]);
  const made = { "b.png": "png", "b.JPG": "jpeg", "b.webp": "webp", "b.avif": "avif", "b.tiff": "tiff" };
  for (const [name, format] of Object.entries(made)) {
    expect(await call(["decode", at("a.nacre"), "-o", at(name), ...model])).toMatchObject({
      code: 0,
      err: "",
    });
    const opened = await openPicture(at(name));
    expect([opened.format, opened.width, opened.height]).toEqual([format, 64, 48]);
    await opened.close();
  }
  const piped = await call(["decode", "-", "--format", "webp", ...model], readFileSync(at("a.nacre")));
  expect(piped.out.toString("latin1", 8, 12)).toBe("WEBP");
  const refused = await call(["decode", at("a.nacre"), "-o", at("b.doc"), ...model]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(".avif, .tif or .tiff") });
});

test("alpha is laid over a background for JPEG, and refused without one", async () => {
  const at = sandbox();
  const clear = new Uint8Array(64 * 48);
  writeFileSync(at("a.png"), await png(waves(64, 48, { alpha: clear })));
  await call(["encode", at("a.png"), ...model]);
  const decode = ["decode", at("a.nacre"), "-o", at("b.jpg"), ...model];
  expect(await call(decode)).toMatchObject({ code: 1, err: expect.stringContaining("background") });
  expect((await call([...decode, "--background", "ff0000"])).code).toBe(0);
  const [red, green] = (await readPicture(at("b.jpg"))).planes;
  expect(red!.every((sample) => sample > 245)).toBe(true);
  expect(green!.every((sample) => sample < 10)).toBe(true);
  expect(await call([...decode, "--background", "red"])).toMatchObject({ code: 2 });
});

test("pipes give the same bytes as files", async () => {
  const at = sandbox();
  const bytes = await png(waves(140, 60));
  writeFileSync(at("a.png"), bytes);
  const child = start(["encode", "-", ...model]);
  child.stdin?.end(bytes);
  const piped = await child.ended;
  expect([piped.code, piped.err]).toEqual([0, expect.stringMatching(/^\d+ bytes · .* layers/)]);
  await call(["encode", at("a.png"), ...model]);
  expect(readFileSync(at("a.nacre")).equals(piped.out)).toBe(true);
  await call(["decode", at("a.nacre"), "-o", at("b.png"), ...model]);
  const shown = await call(["decode", "-", ...model], piped.out);
  expect(shown.out.equals(readFileSync(at("b.png")))).toBe(true);
});

test("trimming gives byte for byte what encoding with fewer layers gives", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(140, 60)));
  const plain = ["--no-guard", ...model];
  await call(["encode", at("a.png"), "-o", at("all.nacre"), "--layers", "3", ...plain]);
  await call(["encode", at("a.png"), "-o", at("one.nacre"), "--layers", "1", ...plain]);
  expect((await call(["trim", at("all.nacre"), "--layers", "1"])).code).toBe(0);
  expect(readFileSync(at("all.layers-1.nacre")).equals(readFileSync(at("one.nacre")))).toBe(true);
  const coarse = await call(["decode", at("all.nacre"), "--layers", "1", "-o", "-", ...model]);
  const same = await call(["decode", at("one.nacre"), "-o", "-", ...model]);
  expect(coarse.out.equals(same.out)).toBe(true);
});

test("codes are arrays whose headers have the sizes, the same from a picture and from its file", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(140, 60)));
  await call(["encode", at("a.png"), "--layers", "3", "--no-guard", ...model]);
  await call(["codes", at("a.png"), "-o", at("a.npy"), ...model]);
  await call(["codes", at("a.nacre"), "-o", at("b.npy"), ...model]);
  await call(["codes", at("a.nacre"), "-o", at("b.safetensors"), ...model]);
  // 140 x 60 pixels are 3 x 1 cells of 4 x 4 positions.
  expect(readFileSync(at("a.npy"), "latin1").slice(0, 128)).toContain("'shape': (3, 1, 4, 12, 8)");
  expect(readFileSync(at("b.npy")).equals(readFileSync(at("a.npy")))).toBe(true);
  const { tensors } = readSafetensors(readFileSync(at("b.safetensors")));
  expect(Object.keys(tensors).sort()).toEqual(["layer.0", "layer.1", "layer.2", "side.0"]);
  expect(tensors["side.0"]?.shape).toEqual([1, 1, 3, 3]);
  expect(readStream(readFileSync(at("a.nacre"))).chunks).toHaveLength(2);
});

test("damage is told, refused, and gone over with --recover", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(300, 60)));
  await call(["encode", at("a.png"), ...model]);
  const bytes = readFileSync(at("a.nacre"));
  bytes[Math.floor(bytes.length / 2)]! ^= 0x55;
  writeFileSync(at("a.nacre"), bytes);
  expect((await call(["verify", at("a.nacre")])).code).toBe(1);
  expect((await call(["decode", at("a.nacre"), "-o", at("b.png"), ...model])).code).toBe(1);
  const recovered = await call(["decode", at("a.nacre"), "-o", at("b.png"), "--recover", ...model]);
  expect([recovered.code, recovered.err]).toEqual([0, expect.stringMatching(/^warning: damage/)]);
  expect(await readPicture(at("b.png"))).toMatchObject({ width: 300, height: 60 });
});
