import { audioMetrics } from "@nacre/metrics";
import type { ChannelMeasures, ChannelModel, ChannelResult } from "../channel/measure-channel.js";
import type { Figure } from "./figure.js";
import type { Panel, Point } from "./panel.js";
import { sentence } from "./rate-figure.js";

const shown = ["stoi", "siSdr", "melDistance"];

/**
 * The channel table, a row for each measure: all layers of all models damaged, by the share of bits; then one
 * layer of each model alone, by its number.
 */
export function channelFigure({ models, files }: ChannelResult): Figure {
  const shares = [...new Set(models.flatMap(({ alone }) => alone.map(({ p }) => p)))];
  const names = models.map(({ model }) => model);
  const panels = shown.flatMap((name) => [
    allPanel(name, models),
    ...models.map((model) => alonePanel(name, model, shares, models.length)),
  ]);
  const together = names.length > 1 ? names.map((name) => `all layers of ${name}`) : ["all layers damaged"];
  return {
    title: `Bit errors in bare codes: ${names.join(", ")}, ${files.length} clips of speech`,
    description: panels.map(sentence).join(" "),
    legend: [...together, ...shares.map((p) => `one layer, p = ${p}`)],
    ...(names.length === 1 ? { dashed: "undamaged" } : {}),
    columns: 1 + models.length,
    panels,
  };
}

function allPanel(name: string, models: readonly ChannelModel[]): Panel {
  const [first] = models;
  return {
    title: titleOf(name, true),
    x: "p, the share of bits that are turned over in all layers",
    series: models.map(({ model, all }, look) => ({
      name: model,
      look,
      points: all.map(({ p, measures }) => pointOf(p, measures, name)),
    })),
    ...(models.length === 1 ? { level: first!.undamaged[name]!.mean } : {}),
    scale: "log",
    ticks: first!.all.map(({ p }) => p),
  };
}

function alonePanel(
  name: string,
  { model, alone, layers, undamaged }: ChannelModel,
  shares: readonly number[],
  models: number,
): Panel {
  return {
    title: titleOf(name, false),
    x: `layer ${models > 1 ? `of ${model} ` : ""}that alone is damaged`,
    series: shares.map((p, i) => ({
      ...{ name: `p = ${p}`, look: models + i },
      points: alone
        .filter((each) => each.p === p)
        .map(({ layer, measures }) => pointOf(layer, measures, name)),
    })),
    level: undamaged[name]!.mean,
    scale: "linear",
    ticks: Array.from({ length: layers }, (_, i) => i + 1),
    apart: 5,
  };
}

function titleOf(name: string, all: boolean): string {
  const { label, unit, better } = audioMetrics.find((metric) => metric.name === name)!;
  return `${label}${unit === "" ? "" : `, ${unit}`}, ${all ? `all layers (${better} is better)` : "one layer"}`;
}

function pointOf(x: number, measures: ChannelMeasures, name: string): Point {
  const { mean, low, high } = measures[name]!;
  return { x, y: mean, low, high };
}
