import { NacreError } from "@nacre/errors";
import { measures } from "@nacre/inspect";
import type { Option } from "./options.js";
import { table } from "./table.js";

/** Names of measures with commas between them, or "list". */
export const measuresOption: Option<readonly string[] | "list"> = {
  flags: "--measures <names>",
  help: "measures to take, with commas; `--measures list` tells them",
  parse(text) {
    if (text.trim() === "list") return "list";
    const names = text.split(",").map((name) => name.trim());
    if (names.every((name) => name !== "")) return names;
    throw new NacreError("usage", {
      found: `--measures ${text}`,
      expected: "names with commas between them",
    });
  },
};

/** Every measure of layers: what JSON has of it, and lines for a person. */
export function listOfMeasures(): { measures: object[]; lines: string } {
  const rows = measures.map(({ name, cost, title, unit }) => [
    name,
    cost,
    unit ? `${title}, ${unit}` : title,
  ]);
  return {
    measures: measures.map(({ name, title, unit, cost, needs, page }) => ({
      ...{ name, title, unit, cost, needs },
      page: `docs/measures/${page}.md`,
    })),
    lines: table([["measure", "cost", "what it is"], ...rows]),
  };
}
