import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isNacreError } from "@nacre/errors";
import type { Audio } from "@nacre/signal";
import { expect, test } from "vitest";
import { toySubject } from "../../test/toy-codec.js";
import {
  inspectionTable,
  inspectLayers,
  layerReportJsonSchema,
  measures,
  measuresOf,
  tableWidth,
} from "../index.js";

const pages = new URL("../../../../docs/measures/", import.meta.url);

const original: Audio = {
  sampleRate: 8000,
  channels: [1, 2].map((c) =>
    Float32Array.from({ length: 8003 }, (_, i) => 0.6 * Math.sin(i * c * 0.05) * Math.sin(i / 900) ** 2),
  ),
};

test("every measure has its page, every page is in the index, and no page is of nothing", () => {
  const index = readFileSync(new URL("README.md", pages), "utf8");
  const named = new Set(measures.map(({ page }) => `${page}.md`));
  for (const page of named) {
    expect(existsSync(new URL(page, pages)), page).toBe(true);
    expect(index).toContain(`(${page})`);
  }
  for (const { name, page } of measures) {
    expect(readFileSync(new URL(`${page}.md`, pages), "utf8"), name).toContain(`\`${name}\``);
  }
  expect(readdirSync(pages).filter((name) => !named.has(name))).toEqual(["README.md"]);
});

test("names are their own, cheap ones are the default, and an unknown one is refused with the nearest", () => {
  const names = measures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(measuresOf("all")).toEqual(measures);
  expect(measuresOf("cheap").every(({ cost }) => cost === "cheap")).toBe(true);
  expect(measuresOf(["loss", "rate"]).map(({ name }) => name)).toEqual(["rate", "loss"]);
  let error: unknown;
  try {
    measuresOf(["rate", "anisotopy"]);
  } catch (caught) {
    error = caught;
  }
  expect(isNacreError(error) && error.code).toBe("option");
  expect(String(error)).toMatch(/"anisotopy".*anisotropy/);
});

test("what was not asked for is null with that reason, and is neither decoded nor shown", async () => {
  let decoded = 0;
  const subject = toySubject(original);
  const decode = (k: number) => {
    decoded += 1;
    return subject.decode(k);
  };
  const report = await inspectLayers({ ...subject, decode }, { measures: ["anisotropy"] });
  expect(decoded).toBe(0);
  expect(report.layers[1]!.missing).toMatchObject({
    energyExplained: "it was not asked for",
    "quality.siSdr": "it was not asked for",
  });
  expect(report.measures.map(({ name }) => name)).toEqual(["anisotropy"]);
  expect(report.whole.anisotropy!.meanCosine).toBeTypeOf("number");
  const table = inspectionTable(report, ["anisotropy"]);
  expect(table).toContain("Mean cosine between rows");
  expect(table).not.toContain("SI-SDR");
});

test("all measures of a subject that has nothing beside its codes are nulls with reasons, in JSON and table", async () => {
  const { original: _o, latents: _l, ...bare } = toySubject(original);
  const report = await inspectLayers(bare, { measures: "all" });
  const { missing, measures: found } = report.layers[1]!;
  for (const [measure, fields] of Object.entries(found)) {
    for (const [field, value] of Object.entries(fields)) {
      if (value === null) expect(missing[`measures.${measure}.${field}`]).toMatch(/\w/);
    }
  }
  expect(missing["measures.rotation.angle"]).toBe("the latents were not given");
  expect(report.missing["idle-blocks.change"]).toMatch(/no blocks/);
  const lines = inspectionTable(report, "all").split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(tableWidth);
  expect(lines.join("\n")).not.toMatch(/NaN|Infinity|null|undefined/);
});

test("the same seed draws the same rows, and the JSON Schema names its version and the fields", async () => {
  const take = (seed: number) => inspectLayers(toySubject(original), { measures: ["spectrum"], seed });
  const [first, again] = [await take(3), await take(3)];
  expect(again).toEqual(first);
  const text = JSON.stringify(layerReportJsonSchema());
  expect(text).toContain("nacre.layer-report/3");
  expect(text).toContain("entropyBitsCorrected");
});
