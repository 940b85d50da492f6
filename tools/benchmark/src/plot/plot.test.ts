import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import type { ChannelModel } from "../channel/measure-channel.js";
import { channelFigure } from "./channel-figure.js";
import { drawFigure, type Figure } from "./figure.js";
import { drawFigures } from "./figures.js";
import { looks } from "./panel.js";

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const figure: Figure = {
  title: "Less < more & less",
  description: 'A line that rises from "1" to 3.',
  legend: ["ours", "theirs"],
  dashed: "undamaged",
  columns: 2,
  panels: [
    {
      title: "Up",
      x: "place",
      series: [
        {
          ...{ name: "ours", look: 0 },
          points: [
            { x: 0, y: 1, low: 0.5, high: 2 },
            { x: 10, y: 3, low: 2.5, high: 3.5 },
          ],
        },
        { name: "theirs", look: 1, points: [{ x: 5, y: 2 }] },
      ],
      level: 3,
      scale: "zero",
    },
  ],
};

/** The numbers in an attribute. */
const numbers = (text: string | null | undefined) => (text ?? "").match(/-?\d+(\.\d+)?/g)!.map(Number);

test("every committed picture is what the committed results draw, and is small", async () => {
  const drawn = await drawFigures(at("tools/benchmark/results"));
  expect((await readdir(at("docs/figures"))).sort()).toEqual(
    drawn
      .filter(({ svg }) => svg !== null)
      .map(({ file }) => file)
      .sort(),
  );
  for (const { file, svg } of drawn) {
    if (svg === null) continue;
    const same = (await readFile(at(`docs/figures/${file}`), "utf8")) === svg;
    expect(same, `${file} is old; draw it again: node tools/benchmark/dist/main.js plot`).toBe(true);
    expect(svg.length).toBeLessThan(60_000);
  }
});

test("a picture has its title and description in words, no script, and colours for light and dark", () => {
  const svg = drawFigure(figure);
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  const [picture] = document.querySelectorAll("svg");
  expect(picture!.getAttribute("role")).toBe("img");
  expect(document.querySelector("title")!.textContent).toBe(figure.title);
  expect(document.querySelector("desc")!.textContent).toBe(figure.description);
  expect(svg).toContain("Less &lt; more &amp; less");
  expect(svg).not.toMatch(/<script|\son\w+=|href=/);
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("points, intervals and the dashed line stand where the axes say", () => {
  const { document } = parseHTML(`<html><body>${drawFigure(figure)}</body></html>`);
  const [first, last] = [...document.querySelectorAll('[aria-label="dot"]')[0]!.children].map((dot) =>
    numbers(dot.getAttribute("transform") ?? `${dot.getAttribute("cx")},${dot.getAttribute("cy")}`),
  );
  const other = numbers(
    document.querySelectorAll('[aria-label="dot"]')[1]!.children[0]!.getAttribute("transform"),
  );
  // x goes up by equal steps, y down.
  expect(other[0]! - first![0]!).toBeCloseTo((last![0]! - first![0]!) / 2, 1);
  expect(first![1]! - other[1]!).toBeCloseTo((first![1]! - last![1]!) / 2, 1);
  const [level, interval] = [...document.querySelectorAll('[aria-label="rule"]')].map(
    (rule) => rule.children[0]!,
  );
  expect(Number(level!.getAttribute("y1"))).toBeCloseTo(last![1]!, 1);
  const unit = (first![1]! - last![1]!) / 2;
  expect(Number(interval!.getAttribute("y1"))).toBeCloseTo(first![1]! + unit / 2, 1);
  expect(Number(interval!.getAttribute("y2"))).toBeCloseTo(first![1]! - unit, 1);
});

test("of two models, all layers share a panel and single layers have one for each model", () => {
  const value = { mean: 1, low: 0.5, high: 2, count: 3 };
  const measures = { stoi: value, siSdr: value, melDistance: value };
  const model = (name: string, layers: number): ChannelModel => ({
    ...{ model: name, quantizer: "residual-vector", layers, bareKbps: 9, undamaged: measures },
    all: [0.01, 0.1].map((p) => ({ p, changed: 0.1, measures })),
    alone: Array.from({ length: layers }, (_, i) => ({ layer: i + 1, p: 0.1, changed: 0.4, measures })),
  });
  const both = channelFigure({
    seed: 1,
    files: ["a"],
    seconds: 1,
    models: [model("a@1", 4), model("b@1", 2)],
  });
  expect([both.columns, both.panels.length, both.dashed]).toEqual([3, 9, undefined]);
  expect(both.legend).toEqual(["all layers of a@1", "all layers of b@1", "one layer, p = 0.1"]);
  expect(both.panels[0]!.series.map(({ look }) => look)).toEqual([0, 1]);
  expect(both.panels[2]!.series.map(({ look, points }) => [look, points.length])).toEqual([[2, 2]]);
  expect(drawFigure(both)).toContain("layer of b@1 that alone is damaged");
});

test("colours of series are told apart from the light and from the dark ground", () => {
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  // WCAG 2.2, success criterion 1.4.11.
  const contrast = (a: string, b: string) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light! + 0.05) / (dark! + 0.05);
  };
  for (const { colour } of looks)
    for (const ground of ["#ffffff", "#0d1117"]) expect(contrast(colour, ground)).toBeGreaterThan(3);
});

test("a file that is another benchmark's result is refused, and missing ones are named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nacre-plot-"));
  try {
    const drawn = await drawFigures(folder);
    expect(drawn.every(({ svg, missing }) => svg === null && missing.length > 0)).toBe(true);
    await writeFile(
      join(folder, "channel-speech-24k.json"),
      '{"schema":"nacre.benchmark/1","benchmark":"opus"}',
    );
    await expect(drawFigures(folder)).rejects.toEqual(expect.objectContaining({ code: "media" }));
  } finally {
    await rm(folder, { recursive: true });
  }
});
