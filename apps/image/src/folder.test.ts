import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPicture } from "@nacre/media/pictures";
import { verifyStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call, png, root, sandbox, tinyModel, waves } from "../test/program.js";

const model = ["--model", tinyModel];

test("a folder there and back: one bad file is named, the rest is done, names keep their folders", async () => {
  const at = sandbox();
  mkdirSync(at("in", "deep"), { recursive: true });
  writeFileSync(at("in", "one.png"), await png(waves(64, 48)));
  writeFileSync(at("in", "deep", "two.PNG"), await png(waves(48, 64)));
  writeFileSync(at("in", "bad.jpg"), "no picture");
  writeFileSync(at("in", "notes.txt"), "not looked at");
  const { code, out, err } = await call(["encode", at("in"), "--out-dir", at("files"), "--json", ...model]);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: [^\n]*bad\.jpg[^\n]*\n$/);
  expect(JSON.parse(out.toString())).toMatchObject({ done: 2, failed: 1 });
  const back = await call(["decode", at("files"), "-d", at("back"), "--format", "webp", "-j", "2", ...model]);
  expect([back.code, back.err]).toEqual([0, ""]);
  expect(back.out.toString()).toContain("2 done, 0 failed");
  expect(await readPicture(at("back", "deep", "two.webp"))).toMatchObject({ width: 48, height: 64 });
  expect(await readPicture(at("back", "one.webp"))).toMatchObject({ width: 64, height: 48 });
});

// Broken, exotic and hostile picture files that are kept beside the repository and not in it.
const shared = process.env.NACRE_SHARED ?? join(dirname(root), "shared");
const odd = join(shared, "media", "photos", "odd");

test("every odd file comes back with its size and alpha, or is refused with one sentence", async ({
  skip,
}) => {
  skip(!existsSync(odd), "the collection of odd files is not on this machine");
  const at = sandbox();
  const names = readdirSync(odd).filter((name) => !name.endsWith(".txt"));
  // Some differ in their endings alone, so each has a folder.
  for (const name of names) {
    mkdirSync(at("odd", name), { recursive: true });
    writeFileSync(at("odd", name, name), readFileSync(join(odd, name)));
  }
  const { out, err } = await call(["encode", at("odd"), "-d", at("files"), "--json", ...model]);
  const { done, failed, files } = JSON.parse(out.toString()) as {
    done: number;
    failed: number;
    files: { input: string; output?: string; error?: string }[];
  };
  expect(done + failed).toBe(names.length);
  expect(done).toBeGreaterThan(names.length / 2);
  for (const { input, output, error } of files) {
    if (output) expect(verifyStream(readFileSync(output)).ok, input).toBe(true);
    else expect(error, input).toMatch(/^[^\n]{10,300}$/);
  }
  for (const line of err.trim().split("\n")) expect(line).toMatch(/^(error|warning): /);
  expect(err).not.toMatch(/should not|undefined|\[object|vips/);
  const animated = files.filter(({ error }) => error?.includes("animation"));
  for (const { error } of animated) expect(error).toContain("nacre-video");
  expect(animated.length).toBeGreaterThan(3);
  const back = await call(["decode", at("files"), "-d", at("back"), "--json", ...model]);
  expect(JSON.parse(back.out.toString())).toMatchObject({ done, failed: 0 });
  for (const name of readdirSync(at("back"))) {
    const [made] = readdirSync(at("back", name));
    const [before, after] = [await readPicture(join(odd, name)), await readPicture(at("back", name, made!))];
    const form = ({ width, height, colour, bitDepth }: typeof before) => [width, height, colour, bitDepth];
    expect(form(after), name).toEqual(form(before));
    expect(Buffer.from(after.alpha ?? []).equals(Buffer.from(before.alpha ?? [])), name).toBe(true);
  }
}, 120_000);
