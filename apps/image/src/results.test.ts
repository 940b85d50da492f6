import { readFileSync, writeFileSync } from "node:fs";
import { verbs } from "@nacre/cli";
import { readPicture } from "@nacre/media/pictures";
import { expect, test } from "vitest";
import { call, png, sandbox, tinyModel, waves } from "../test/program.js";
import { picture } from "./medium.js";

const model = ["--model", tinyModel];

test("--json gives one object and nothing else, for every verb that prints a result", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(200, 180)));
  const calls: [string[], string[]][] = [
    [
      ["encode", at("a.png"), ...model],
      ["bytes", "bpp", "size", "layers", "seconds", "warnings"],
    ],
    [
      ["decode", at("a.nacre"), "-o", at("b.png"), ...model],
      ["output", "bytes", "size", "layers", "seconds"],
    ],
    [
      ["info", at("a.nacre")],
      ["model", "decodeHash", "bpp", "size", "layers", "form", "tile", "perLayer", "chunks"],
    ],
    [
      ["trim", at("a.nacre"), "--layers", "1"],
      ["bytes", "layers"],
    ],
    [
      ["verify", at("a.nacre")],
      ["ok", "damage", "chunks"],
    ],
    [
      ["codes", at("a.nacre"), "-o", at("a.npy"), ...model],
      ["shape", "model"],
    ],
    [
      ["compare", at("a.png"), "-o", at("c.png"), ...model],
      ["input", "output", "codecs"],
    ],
    [["models"], ["models"]],
  ];
  for (const [argv, names] of calls) {
    const { code, out, err } = await call([...argv, "--json"]);
    expect([code, err], argv[0]).toEqual([0, ""]);
    expect(out.toString()).toMatch(/^\{[^\n]*\}\n$/);
    expect(Object.keys(JSON.parse(out.toString()))).toEqual(expect.arrayContaining(names));
  }
  // train's object is looked at where something is trained, those of inspect and report in tests of their own.
  const all = [...verbs, ...(picture.verbs ?? [])].map(({ name }) => name);
  expect([...calls.map(([[name]]) => name), "train", "inspect", "report"].sort()).toEqual(all.sort());
});

test("compare has every codec at no more bytes than ours, and a picture with a panel of each", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(200, 180)));
  const { out } = await call(["compare", at("a.png"), "-o", at("c.webp"), "--json", ...model]);
  const { codecs } = JSON.parse(out.toString()) as {
    codecs: { codec: string; bytes: number; psnr: number; setting: string }[];
  };
  expect(codecs.map(({ codec }) => codec)).toEqual(["tiny-picture@1", "JPEG (mozjpeg)", "WebP", "AVIF"]);
  const [ours, ...others] = codecs;
  for (const { bytes, psnr } of others) {
    expect(bytes).toBeLessThanOrEqual(ours!.bytes);
    expect(psnr).toBeGreaterThan(15);
  }
  // Five panels of twice 200 x 180 pixels in rows of three.
  const shown = await readPicture(at("c.webp"));
  expect(shown.width).toBe(3 * (400 + 8) + 8);
  expect(shown.height).toBeGreaterThan(2 * 360);
  const clear = await png(waves(40, 40, { alpha: new Uint8Array(1600) }));
  const refused = await call(["compare", "-", "-o", at("d.png"), ...model], clear);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("transparent") });
});

test("info tells what is kept beside the pixels, and side layers by their name", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(70, 50, { xmp: new TextEncoder().encode("<x:xmpmeta/>") })));
  await call(["encode", at("a.png"), ...model]);
  const { out } = await call(["info", at("a.nacre")]);
  expect(out.toString()).toMatch(/size +70 x 50 pixels\n/);
  expect(out.toString()).toMatch(/form +8-bit rgb\n/);
  expect(out.toString()).toMatch(/side layer +\d+ bytes, 255 entries\nlayer 1 +\d+ bytes/);
  expect(readFileSync(at("a.nacre"), "latin1")).toContain("xmpmeta");
});
