import { inspectLayers, measures, significant } from "@nacre/inspect";
import { expect, test } from "vitest";
import { digitsSubject } from "../test/digits.js";
import { elements } from "../test/elements.js";
import { measureTablesHtml } from "./measure-figures.js";

const tone = Float32Array.from({ length: 6001 }, (_, i) => 0.7 * Math.sin(i * 0.1) * Math.sin(i / 700));
const subject = digitsSubject({ sampleRate: 8000, channels: [tone] }, 2);
const blocks = { decoderBlocks: 2, blockChanges: async () => [0.5, 0.00012] };
const report = await inspectLayers({ ...subject, ...blocks }, { measures: "all", draws: 1 });
const html = measureTablesHtml(report);

test("every further measure that says something has a table, its numbers those of the report", () => {
  const said = report.measures.filter(
    ({ name }) => name in report.whole || report.layers.some((layer) => name in layer.measures),
  );
  const names = elements(html);
  expect(names.filter((name) => name === "table")).toHaveLength(said.length);
  expect(said.length).toBeGreaterThan(measures.length / 2);
  for (const { measures: found } of report.layers) {
    const { angle, ratio } = found.rotation as Record<string, number>;
    for (const value of [angle!, ratio!]) expect(html).toContain(`<td>${significant(value)}</td>`);
  }
});

test("lists of the whole are lines, small numbers keep their digits, and what is missing tells why", () => {
  expect(html).toContain('<tr><th scope="row">block 1</th><td>0.500</td></tr>');
  expect(html).toContain('<tr><th scope="row">block 2</th><td>1.2e−4</td></tr>');
  expect(html).toContain('<td title="the codes cannot be decoded another way">–</td>');
});
