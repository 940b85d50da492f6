import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { call, tinyModel as model, sandbox } from "../test/program.js";

test("a model is exported as graphs with a README, and ONNX files are not imported", async () => {
  const at = sandbox();
  expect(await call(["models", "export", "--onnx", "-m", model, "-o", at("out")])).toMatchObject({
    code: 0,
  });
  expect(readdirSync(at("out"))).toContain("dequantizer.onnx");
  expect(readFileSync(at("out", "README.md"), "utf8")).toContain("[1, rows, columns, 3]");
  const words = ["models", "import", "--encoder", "a", "--decoder", "b", "--rate", "1", "-o", at("pair")];
  expect(await call(words)).toMatchObject({ code: 1, err: expect.stringContaining("pictures") });
}, 60_000);
