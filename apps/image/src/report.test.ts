import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readPicture } from "@nacre/media/pictures";
import { psnrRgb } from "@nacre/metrics";
import { openPictures, trimLayers } from "@nacre/nacre";
import { roundTripSchema } from "@nacre/report";
import { expect, test } from "vitest";
import { call, png, sandbox, tinyModel, waves } from "../test/program.js";

const model = ["--model", tinyModel];
const read = (path: string) => roundTripSchema.parse(JSON.parse(readFileSync(path, "utf8")));

test("a report's JSON is what the measures say of trimmed files, and its page has the same figures", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(180, 170)));
  const { code, out } = await call([
    "report",
    at("a.png"),
    "-o",
    at("out"),
    "--against",
    "jpeg,webp",
    ...model,
  ]);
  expect(code).toBe(0);
  expect(out.toString()).toContain("1 file done, 0 failed");
  expect(readdirSync(at("out")).sort()).toEqual(["index.html", "report.json"]);
  const report = read(at("out", "report.json"));
  const picture = await readPicture(at("a.png"));
  const pictures = await openPictures(tinyModel);
  const file = await pictures.encode(picture, { layers: 3, guard: false, strip: true });
  const own = report.files[0]!.points.filter(({ layers }) => layers !== undefined);
  expect(own.map(({ layers }) => layers)).toEqual([1, 2, 3]);
  const measurable = ({ width, height, planes }: typeof picture) => ({ width, height, planes, peak: 255 });
  for (const { layers, bytes, values } of own) {
    const trimmed = trimLayers(file, layers!);
    const decoded = await pictures.decode(trimmed);
    expect([bytes, values.psnrRgb]).toEqual([
      trimmed.length,
      psnrRgb(measurable(picture), measurable(decoded)),
    ]);
  }
  await pictures.close();
  const page = readFileSync(at("out", "index.html"), "utf8");
  expect(page).toContain(own[2]!.values.psnrRgb!.toFixed(2));
  expect(page).toContain("data:image/png;base64,");
  expect(report.contenders.map(({ name, version }) => [name, version !== ""])).toEqual([
    ["tiny-picture@1", true],
    ["jpeg", true],
    ["webp", true],
  ]);
  expect(report.made.models[0]!.decodeHash).toMatch(/^[0-9a-f]{16}$/);
}, 60_000);

test("a bad file is a row with its sentence, the rest is done, and the exit code is 1", async () => {
  const at = sandbox();
  mkdirSync(at("in"));
  writeFileSync(at("in", "good.png"), await png(waves(40, 30)));
  writeFileSync(at("in", "bad.png"), "no picture");
  const { code, err } = await call(["report", at("in"), "-o", at("out"), "--against", "none", ...model]);
  expect(code).toBe(1);
  expect(err).toMatch(/error: .*bad\.png/);
  const [bad, good] = read(at("out", "report.json")).files;
  expect(bad).toMatchObject({ name: at("in", "bad.png"), points: [], failed: { code: "media" } });
  expect(good!.points).toHaveLength(3);
  expect(existsSync(at("out", "partial.jsonl"))).toBe(false);
}, 60_000);

test("Ctrl-C ends with a report of what was done, and --resume makes it what one run would have made", async () => {
  const at = sandbox();
  mkdirSync(at("in"));
  for (const i of [1, 2, 3]) writeFileSync(at("in", `${i}.png`), await png(waves(32 + i, 30)));
  const argv = ["report", at("in"), "-o", at("out"), "--against", "jpeg", "--jobs", "1", ...model];
  const pressing: { poll?: NodeJS.Timeout } = {};
  const first = await call(argv, new Uint8Array(0), (press) => {
    pressing.poll = setInterval(() => {
      if (!existsSync(at("out", "partial.jsonl")) || lines(at("out", "partial.jsonl")) < 2) return;
      clearInterval(pressing.poll);
      press();
    }, 2);
  });
  clearInterval(pressing.poll);
  expect(first.code).toBe(130);
  const stopped = read(at("out", "report.json"));
  expect(stopped.unfinished).toBe(3 - stopped.files.length);
  expect(stopped.files.length).toBeGreaterThan(0);
  expect(lines(at("out", "partial.jsonl"))).toBe(1 + stopped.files.length);

  expect((await call([...argv])).err).toMatch(/already there/);
  // As a kill in the middle of a line would leave it.
  writeFileSync(
    at("out", "partial.jsonl"),
    `${readFileSync(at("out", "partial.jsonl"), "utf8")}{"stamp":{"si`,
  );
  const kept = readFileSync(at("out", "partial.jsonl"), "utf8").split("\n")[1]!;
  writeFileSync(at("out", "partial.jsonl"), marked(readFileSync(at("out", "partial.jsonl"), "utf8")));
  expect((await call([...argv, "--resume"])).code).toBe(0);
  const resumed = read(at("out", "report.json"));
  expect(resumed.files.map(({ name }) => name)).toEqual([1, 2, 3].map((i) => at("in", `${i}.png`)));
  expect(kept).toContain('"bitDepth":8');
  // The mark proves that the first file was not taken again.
  expect(resumed.files[0]!.facts.bitDepth).toBe(9);

  expect((await call([...argv.map((each) => (each === at("out") ? at("whole") : each))])).code).toBe(0);
  const whole = read(at("whole", "report.json"));
  const { made: _one, mediaNote: _note, ...expected } = whole;
  const { made: _other, mediaNote: _same, ...found } = resumed;
  found.files[0]!.facts.bitDepth = 8;
  expect(found).toEqual(expected);
}, 60_000);

test("an unfinished report of other options is not gone on with", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(32, 30)));
  mkdirSync(at("out"));
  writeFileSync(at("out", "partial.jsonl"), '{"schema":"nacre.round-trip-partial/1","model":"other@1"}\n');
  const argv = ["report", at("a.png"), "-o", at("out"), "--against", "none", ...model];
  expect((await call(argv)).err).toMatch(/unfinished report; go on with it by --resume/);
  expect((await call([...argv, "--resume"])).err).toMatch(/another model or other options/);
  expect((await call([...argv, "--force"])).code).toBe(0);
}, 60_000);

test("rates are met by encoding to them, and two reports are compared with conditions", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(180, 170)));
  const argv = ["report", at("a.png"), "--against", "jpeg", "--rates", "9,0.2", ...model];
  expect((await call([...argv, "-o", at("one")])).code).toBe(0);
  const report = read(at("one", "report.json"));
  const of = (name: string) => report.files[0]!.points.filter(({ contender }) => contender === name);
  // The tiny model can do no 9 bits per pixel.
  expect(of("tiny-picture@1").map(({ setting }) => setting)).toEqual(["0.2 bit/pixel"]);
  expect(of("jpeg").map(({ setting }) => setting)).toEqual(["0.2 bit/pixel", "9 bit/pixel"]);
  for (const { rate, setting } of of("tiny-picture@1")) {
    expect(rate).toBeLessThanOrEqual(1.03 * Number.parseFloat(setting));
  }
  const reports = [at("one", "report.json"), at("one", "report.json")];
  const same = await call(["report", "--compare", ...reports, "--fail-if", "rate > 0, ssim < 0"]);
  expect([same.code, same.err]).toEqual([0, ""]);
  expect(same.out.toString()).toMatch(/rate +0\.00 \[0\.00, 0\.00\] +% +1 +same/);
  const failing = await call(["report", "--compare", ...reports, "--fail-if", "rate < 1%", "--json"]);
  expect(failing.code).toBe(1);
  expect(JSON.parse(failing.out.toString())).toMatchObject({
    schema: "nacre.round-trip-comparison/1",
    conditions: [{ condition: "rate < 1%", holds: true }],
  });
}, 60_000);

test.each([
  [["report", "a.png"], /no folder for the report/],
  [["report", "a.png", "-o", "x", "--against", "gif"], /does not exist|--against gif/],
  [["report", "a.png", "-o", "x", "--rates", "0"], /numbers above 0/],
  [["report", "a.json", "--compare"], /1 file, expected two report\.json/],
  [["report", "a.png", "-o", "x", "--fail-if", "rate > 1"], /without --compare/],
])("%j is refused", async (argv, sentence) => {
  const { code, err } = await call([...argv, ...model]);
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(sentence);
});

function lines(path: string): number {
  return readFileSync(path, "utf8").split("\n").length - 1;
}

/** The first trip with a fact that no file has. */
function marked(partial: string): string {
  return partial.replace('"bitDepth":8', '"bitDepth":9');
}
