import { readFileSync } from "node:fs";
import { verbs } from "@nacre/cli";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { nacre, sandbox, speech, tinyModel } from "../test/program.js";

const model = ["--model", tinyModel];

test("--json gives one object and nothing else, for every verb that prints a result", async () => {
  const at = sandbox();
  const calls: [string[], string[]][] = [
    [
      ["encode", speech, "-o", at("a.nacre"), ...model],
      ["bytes", "seconds", "kbps", "layers", "timesRealTime", "warnings"],
    ],
    [
      ["decode", at("a.nacre"), "-o", at("a.wav"), ...model],
      ["output", "seconds", "samples", "sampleRate", "channels"],
    ],
    [
      ["inspect", at("a.nacre"), ...model],
      ["schema", "layers", "totals"],
    ],
    [
      ["info", at("a.nacre")],
      ["model", "decodeHash", "seconds", "kbps", "layers", "perLayer", "chunks"],
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
    [["models"], ["models"]],
  ];
  for (const [argv, names] of calls) {
    // One as a process, where anything at all could write to the standard output.
    const { code, out, err } = await (argv[0] === "encode" ? nacre : call)([...argv, "--json"]);
    expect([code, err], argv[0]).toEqual([0, ""]);
    expect(out.toString()).toMatch(/^\{[^\n]*\}\n$/);
    expect(Object.keys(JSON.parse(out.toString()))).toEqual(expect.arrayContaining(names));
  }
  // train's object is looked at where something is trained.
  expect([...calls.map(([[name]]) => name), "train", "report"].sort()).toEqual(
    verbs.map(({ name }) => name).sort(),
  );
}, 40_000);

test("a page has the table's JSON, a picture and a player for every prefix, with and without the original", async () => {
  const at = sandbox();
  await call(["encode", speech, "-o", at("a.nacre"), "--layers", "2", ...model]);
  const [alone, beside] = await Promise.all([
    call(["inspect", at("a.nacre"), "--page", at("alone.html"), ...model]),
    call(["inspect", at("a.nacre"), "--page", at("beside.html"), "--original", speech, ...model]),
  ]);
  expect([alone.code, beside.code]).toEqual([0, 0]);
  expect(beside.out.toString()).toContain("SI-SDR");
  for (const [name, sounds] of [
    ["alone.html", 2],
    ["beside.html", 3],
  ] as const) {
    const html = readFileSync(at(name), "utf8");
    expect(html.match(/<audio /g)).toHaveLength(sounds);
    expect(html.match(/<img /g)).toHaveLength(sounds);
    expect(html).toContain('id="layer-report"');
    expect(html).toContain("nacre-audio inspect");
  }
}, 40_000);

test("a damaged file is found: verify fails, decode refuses, --recover gives what is sound", async () => {
  const at = sandbox();
  const { readFile, writeFile } = await import("node:fs/promises");
  await call(["encode", speech, "-o", at("a.nacre"), ...model]);
  const bytes = await readFile(at("a.nacre"));
  bytes[Math.floor(bytes.length / 2)]! ^= 0x55;
  await writeFile(at("a.nacre"), bytes);
  const verified = await call(["verify", at("a.nacre"), "--json"]);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.out.toString())).toMatchObject({ ok: false });
  expect((await call(["decode", at("a.nacre"), ...model])).code).toBe(1);
  expect((await call(["decode", at("a.nacre"), "--recover", ...model])).code).toBe(0);
  expect(readFileSync(at("a.wav")).length).toBe(44 + 2 * 103_200);
}, 40_000);
