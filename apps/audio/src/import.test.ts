import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { root, sandbox, speech, tones } from "../test/program.js";

const original = join(root, "packages", "codec", "test", "imports", "encodec-published");

test("an imported EnCodec encodes, decodes, inspects and trims, and tables from sounds make its files smaller", async () => {
  const at = sandbox();
  mkdirSync(at("sounds"));
  cpSync(speech, at("sounds", "a.wav"));
  const plain = await call(["models", "import", original, "-o", at("plain"), "--json"]);
  expect(plain.code).toBe(0);
  expect(plain.err).toMatch(/^note: .*MIT.*non-commercial.*\n$/);
  expect(JSON.parse(plain.out.toString())).toMatchObject({ id: "plain@1", layers: 8, sampleRate: 24_000 });
  const tabled = [
    "models",
    "import",
    join(original, "model.safetensors"),
    "--as",
    "encodec",
    "-o",
    at("tabled"),
  ];
  expect(await call([...tabled, "--tables", at("sounds")])).toMatchObject({ code: 0 });
  expect(readFileSync(at("tabled", "card.md"), "utf8")).toContain("CC-BY-NC-4.0, non-commercial");
  writeFileSync(at("a.wav"), tones({ seconds: 1 }));
  for (const model of ["plain", "tabled"]) {
    const made = ["encode", speech, "-o", at(`${model}.nacre`), "-m", at(model)];
    expect(await call(made)).toMatchObject({ code: 0 });
  }
  const size = (name: string) => readFileSync(at(name)).length;
  expect(size("tabled.nacre")).toBeLessThan(0.9 * size("plain.nacre"));
  const model = ["-m", at("plain")];
  for (const argv of [
    ["encode", at("a.wav"), "-o", at("a.nacre"), ...model],
    ["trim", at("a.nacre"), "--layers", "2", "-o", at("b.nacre")],
    ["decode", at("b.nacre"), "-o", at("b.wav"), ...model],
    ["inspect", at("a.nacre"), ...model],
    ["codes", at("a.nacre"), "-o", at("a.npy"), ...model],
  ])
    expect(await call(argv), argv[0]).toMatchObject({ code: 0, err: "" });
  expect(size("b.wav")).toBe(size("a.wav"));
}, 60_000);

test("an imported SNAC, layers at different rates, encodes, decodes, inspects, trims and gives its codes", async () => {
  const at = sandbox();
  const packed = join(root, "packages", "codec", "test", "imports", "snac-strides");
  mkdirSync(at("snac"));
  cpSync(join(packed, "config.json"), at("snac", "config.json"));
  writeFileSync(
    at("snac", "model.safetensors"),
    gunzipSync(readFileSync(join(packed, "model.safetensors.gz"))),
  );
  const made = await call(["models", "import", at("snac"), "-o", at("model"), "--json"]);
  expect(made.err).toMatch(/^note: SNAC.*MIT licence\n$/);
  // 200 frames a second of 5 bits, in a quarter, half and all of them.
  expect(JSON.parse(made.out.toString())).toMatchObject({ id: "model@1", layers: 3, nominalKbps: 1.75 });
  expect(readFileSync(at("model", "card.md"), "utf8")).toContain("noise at its mean");
  writeFileSync(at("a.wav"), tones({ seconds: 1 }));
  const model = ["-m", at("model")];
  for (const argv of [
    ["encode", at("a.wav"), "-o", at("a.nacre"), ...model],
    ["trim", at("a.nacre"), "--layers", "2", "-o", at("b.nacre")],
    ["decode", at("b.nacre"), "-o", at("b.wav"), ...model],
    ["inspect", at("a.nacre"), "--original", at("a.wav"), "--page", at("a.html"), ...model],
    ["codes", at("a.nacre"), "-o", at("a.safetensors"), ...model],
  ])
    expect(await call(argv), argv[0]).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(at("b.wav")).length).toBe(readFileSync(at("a.wav")).length);
  const refused = await call(["codes", at("a.nacre"), "-o", at("a.npy"), ...model]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("write .safetensors") });
}, 60_000);

test("what cannot be imported is refused in one sentence, exit 1, and leaves nothing", async () => {
  const at = sandbox();
  mkdirSync(at("pickled"));
  writeFileSync(at("pickled", "config.json"), "{}");
  writeFileSync(at("pickled", "pytorch_model.bin"), "PK");
  mkdirSync(at("cut"));
  cpSync(join(original, "config.json"), at("cut", "config.json"));
  writeFileSync(
    at("cut", "model.safetensors"),
    readFileSync(join(original, "model.safetensors")).subarray(0, 999),
  );
  mkdirSync(at("stereo"));
  cpSync(original, at("stereo"), { recursive: true });
  const config = JSON.parse(readFileSync(at("stereo", "config.json"), "utf8"));
  writeFileSync(at("stereo", "config.json"), JSON.stringify({ ...config, audio_channels: 2 }));
  mkdirSync(at("words"));
  cpSync(original, at("words"), { recursive: true });
  writeFileSync(at("words", "config.json"), "words");
  const before = readdirSync(at());
  for (const [from, words] of [
    ["pickled", "a pickle"],
    ["cut", "safetensors"],
    ["stereo", "2 channels"],
    ["words", "not JSON"],
    ["absent", "does not exist"],
  ] as const) {
    const { code, out, err } = await call(["models", "import", at(from), "-o", at("out")]);
    expect([code, out.toString()], from).toEqual([1, ""]);
    expect(err.split("\n").at(-2), from).toMatch(/^error: /);
    expect(err).toContain(words);
  }
  expect(readdirSync(at())).toEqual(before);
  expect(await call(["models", "import", original])).toMatchObject({ code: 2 });
  expect(await call(["models", "import", original, "-o", at("out"), "--as", "mp3"])).toMatchObject({
    code: 2,
  });
}, 60_000);

test("a model that is there is replaced only with --force", async () => {
  const at = sandbox();
  const argv = ["models", "import", original, "-o", at("model")];
  expect((await call(argv)).code).toBe(0);
  expect(await call(argv)).toMatchObject({ code: 1, err: expect.stringContaining("--force") });
  expect((await call([...argv, "--force", "--name", "other"])).code).toBe(0);
  expect(JSON.parse(readFileSync(at("model", "model.json"), "utf8")).name).toBe("other");
}, 60_000);
