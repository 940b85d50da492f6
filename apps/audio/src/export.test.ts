import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { root, sandbox, tinyModel, tones } from "../test/program.js";

const original = join(root, "packages", "codec", "test", "imports", "encodec-published");

test("exported graphs are imported as any other pair of ONNX files, and every verb takes them", async () => {
  const at = sandbox();
  writeFileSync(at("a.wav"), tones({ seconds: 0.5, sampleRate: 24_000, channels: 1 }));
  expect(await call(["models", "import", original, "-o", at("own")])).toMatchObject({ code: 0 });
  const made = await call(["models", "export", "--onnx", "-m", at("own"), "-o", at("graphs"), "--json"]);
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(readdirSync(at("graphs")).sort()).toEqual(
    ["README.md", "config.json", "decoder.onnx", "dequantizer.onnx", "encoder.onnx", "quantizer.onnx"].sort(),
  );
  const parts = ["encoder", "quantizer", "dequantizer", "decoder"];
  const files = parts.flatMap((part) => [`--${part}`, at("graphs", `${part}.onnx`)]);
  const words = ["models", "import", ...files, "--rate", "24000", "--hop", "320", "--margin", "12"];
  const imported = await call([...words, "-o", at("pair"), "--licence", "CC-BY-NC-4.0", "--json"]);
  expect(imported.err).toContain("note: ");
  expect(JSON.parse(imported.out.toString())).toMatchObject({ id: "pair@1", layers: 8, sampleRate: 24_000 });
  expect(readFileSync(at("pair", "card.md"), "utf8")).toContain("CC-BY-NC-4.0");
  const model = ["-m", at("pair")];
  for (const argv of [
    ["encode", at("a.wav"), "-o", at("a.nacre"), ...model],
    ["verify", at("a.nacre")],
    ["info", at("a.nacre")],
    ["decode", at("a.nacre"), "-o", at("b.wav"), ...model],
    ["codes", at("a.wav"), "-o", at("a.npy"), ...model],
    ["codes", at("a.wav"), "-o", at("own.npy"), "-m", at("own")],
    ["inspect", at("a.nacre"), "--original", at("a.wav"), "--page", at("page.html"), ...model],
    ["inspect", at("a.nacre"), "--page", at("other.html"), ...model],
    ["trim", at("a.nacre"), "--layers", "2", "-o", at("c.nacre")],
  ])
    expect(await call(argv), argv[0]).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(at("a.npy"))).toEqual(readFileSync(at("own.npy")));
  expect(readFileSync(at("b.wav")).length).toBe(readFileSync(at("a.wav")).length);
  const cut = await call(["decode", at("c.nacre"), "-o", at("c.wav"), ...model]);
  expect(cut).toMatchObject({ code: 1, err: expect.stringContaining("takes together") });
  const again = await call(["models", "export", "--onnx", ...model, "-o", at("again")]);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining("ONNX files that were imported") });
  expect(existsSync(at("again"))).toBe(false);
}, 60_000);

test("what is asked for in part or twice is refused, and nothing is overwritten without --force", async () => {
  const at = sandbox();
  mkdirSync(at("full"));
  writeFileSync(at("full", "mine.txt"), "mine");
  const onnx = join(original, "config.json");
  const model = ["-m", tinyModel];
  for (const [code, words, argv] of [
    [2, "--onnx or --safetensors", ["models", "export", ...model, "-o", at("out")]],
    [2, "-o", ["models", "export", "--onnx", ...model]],
    [2, "cannot be used with", ["models", "export", "--onnx", "--safetensors", ...model, "-o", at("out")]],
    [1, "is not empty", ["models", "export", "--onnx", ...model, "-o", at("full")]],
    [2, "no decoder", ["models", "import", "--encoder", onnx, "-o", at("out")]],
    [2, "--rate", ["models", "import", "--encoder", onnx, "--decoder", onnx, "-o", at("out")]],
    [
      1,
      "does not exist",
      ["models", "import", "--encoder", at("no"), "--decoder", onnx, "--rate", "8000", "-o", at("out")],
    ],
    [
      1,
      "protobuf",
      ["models", "import", "--encoder", onnx, "--decoder", onnx, "--rate", "8000", "-o", at("out")],
    ],
  ] as const) {
    const ended = await call(argv);
    expect([ended.code, ended.err], argv.join(" ")).toEqual([code, expect.stringContaining(words)]);
  }
  expect(readdirSync(at())).toEqual(["full"]);
  expect(
    await call(["models", "export", "--safetensors", "--half", ...model, "-o", at("full"), "--force"]),
  ).toMatchObject({ code: 0 });
  expect(readdirSync(at("full")).sort()).toEqual(
    ["README.md", "config.json", "mine.txt", "model.safetensors"].sort(),
  );
}, 60_000);
