import { parseHTML } from "linkedom";
import { drawPanel, looks, type Panel, panelSize } from "./panel.js";

/**
 * A picture of several panels.
 *
 * description  what a reader sees in it, for those who do not see it
 * legend       what each of `looks` stands for in all panels, in their order
 * dashed       what a dashed line stands for
 */
export type Figure = {
  title: string;
  description: string;
  legend: readonly string[];
  dashed?: string;
  columns: number;
  panels: readonly Panel[];
};

const space = "http://www.w3.org/2000/svg";
const [pad, head, panelHead] = [16, 56, 22];

// Without a scheme of its own, as in a program that knows none, the picture is a light one.
const style = `svg { color: #1f2328; } .ground { fill: #ffffff; }
@media (prefers-color-scheme: dark) { svg { color: #e6edf3; } .ground { fill: #0d1117; } }`;

/** Draws a figure as the text of an SVG file: no script, light or dark with the reader's scheme. */
export function drawFigure(figure: Figure): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const make = elements(document);
  const { columns, panels, title, description } = figure;
  const rows = Math.ceil(panels.length / columns);
  const width = 2 * pad + columns * panelSize.width;
  const height = head + rows * (panelSize.height + panelHead) + pad;
  const svg = make(
    "svg",
    {
      xmlns: space,
      ...{ viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": "title desc" },
      ...{ fill: "currentColor", "font-family": "system-ui, sans-serif" },
    },
    [
      make("title", { id: "title" }, title),
      make("desc", { id: "desc" }, description),
      make("style", {}, style),
      make("rect", { class: "ground", width, height, rx: 6 }),
      make("text", { x: pad, y: 26, "font-size": 15, "font-weight": 600 }, title),
      ...legend(make, figure.legend, figure.dashed),
      ...panels.flatMap((panel, at) => placed(document, make, panel, at, columns)),
    ],
  );
  for (const element of [svg, ...svg.querySelectorAll("*")]) roundPlaces(element);
  return `${svg.outerHTML}\n`;
}

/** Hundredths of a pixel are enough, and make a file that is the same wherever it is drawn. */
function roundPlaces(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    const short = value.replace(/\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))));
    if (short !== value) element.setAttribute(name, short);
  }
}

type Make = (
  name: string,
  attributes: Record<string, string | number>,
  inside?: string | Element[],
) => Element;

function elements(document: Document): Make {
  return (name, attributes, inside = []) => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (typeof inside === "string") element.textContent = inside;
    else element.append(...inside);
    return element;
  };
}

function legend(make: Make, names: readonly string[], dashed?: string): Element[] {
  const entries = [...names, ...(dashed ? [dashed] : [])];
  // No measure of text without a screen: an average letter at this size is some 6.6 wide.
  const starts = entries.map((_, i) =>
    entries.slice(0, i).reduce((x, name) => x + 46 + 6.6 * name.length, pad),
  );
  const lines = entries.map((_, i) => {
    const dash: Record<string, string> = i < names.length ? {} : { "stroke-dasharray": "4 3" };
    const stroke = i < names.length ? looks[i]!.colour : "currentColor";
    return make("path", { d: `M${starts[i]},42h22`, "stroke-width": 1.5, stroke, ...dash });
  });
  const marks = names.map((_, i) => {
    const { mark, colour } = looks[i]!;
    return make("path", { d: shapes[mark], transform: `translate(${starts[i]! + 11},42)`, fill: colour });
  });
  const words = entries.map((name, i) => make("text", { x: starts[i]! + 28, y: 46, "font-size": 12 }, name));
  return [...lines, ...marks, ...words];
}

const shapes = {
  circle: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
  square: "M-3.5,-3.5h7v7h-7Z",
  triangle: "M0,-4.5L4.2,3H-4.2Z",
  diamond: "M0,-4.8L3.4,0L0,4.8L-3.4,0Z",
} as const;

function placed(document: Document, make: Make, panel: Panel, at: number, columns: number): Element[] {
  const x = pad + (at % columns) * panelSize.width;
  const y = head + Math.floor(at / columns) * (panelSize.height + panelHead);
  const drawn = drawPanel(document, panel);
  drawn.setAttribute("x", String(x));
  drawn.setAttribute("y", String(y + panelHead));
  return [make("text", { x: x + 4, y: y + 18, "font-size": 12, "font-weight": 600 }, panel.title), drawn];
}
