import type { LayerReport } from "@nacre/inspect";
import { escapeHtml, scriptJson } from "./html.js";
import { style } from "./style.js";

/**
 * What every page has, whatever the medium.
 *
 * title     usually the file's name
 * command   the command line that made the page
 * versions  name to version of what took part, shown at the end
 */
export type PageOptions = { title: string; command?: string; versions?: Record<string, string> };

/**
 * What a medium puts into a page.
 *
 * sentence  what the page is about, without the model
 * numbers   the headline: value, unit, name
 * main      sections as HTML
 * style     beyond what all pages share
 * script    run at the end
 */
export type PageParts = {
  sentence: string;
  numbers: [string, string, string][];
  main: string;
  style?: string;
  script?: string;
};

/** A whole page of a layer report: it loads nothing, its policy forbids the network, and the report is in it as JSON. */
export function page(report: LayerReport, options: PageOptions, parts: PageParts): string {
  return htmlDocument({
    title: `${options.title} – layers`,
    heading: options.title,
    head: `<p>${escapeHtml(parts.sentence)} Model ${escapeHtml(report.model)}.</p>\n${headline(parts.numbers)}`,
    main: `${parts.main}\n${origin(report, options)}`,
    style: parts.style ?? "",
    ...(parts.script !== undefined && { script: parts.script }),
    json: { id: "layer-report", value: report },
  });
}

/**
 * What a page of any report consists of. Title and heading are text, the rest is HTML, CSS and a script.
 *
 * style   beyond what all pages share
 * json    a value that stands in the page under this id
 * beside  true where media lie in a folder beside the page, which its policy then lets in, and nothing else
 */
export type DocumentParts = {
  title: string;
  heading: string;
  head: string;
  main: string;
  style: string;
  script?: string;
  json: { id: string; value: unknown };
  beside?: boolean;
};

/** A page that loads nothing from the network: its policy forbids it. */
export function htmlDocument(parts: DocumentParts): string {
  const media = parts.beside ? "data: blob: 'self' file:" : "data: blob:";
  const footer = parts.beside
    ? "It loads nothing but the sounds and pictures of the folder beside it."
    : "This page loads nothing from anywhere.";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${media}; media-src ${media}; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(parts.title)}</title>
<style>${style}${parts.style}</style>
</head>
<body>
<header><h1>${escapeHtml(parts.heading)}</h1>
${parts.head}
</header>
<main>
${parts.main}
</main>
<footer>Made by nacre. ${footer}</footer>
<script type="application/json" id="${parts.json.id}">${scriptJson(parts.json.value)}</script>
${parts.script === undefined ? "" : `<script>${parts.script}</script>`}
</body>
</html>
`;
}

/** A section with its heading. `body` is HTML. */
export function section(id: string, title: string, body: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>\n${body}</section>`;
}

/** The rate of a file cut to its first k content layers: all else but the layers above them stays. */
export function prefixRate({ layers, totals }: LayerReport, k: number): number | null {
  if (totals.rate === null || totals.bytes === 0) return null;
  const cut = layers.filter(({ role, prefix }) => (role === "content" ? prefix > k : prefix >= k));
  const bytes = cut.reduce((rest, { fileBytes }) => rest - fileBytes, totals.bytes);
  return (totals.rate * bytes) / totals.bytes;
}

/** The few numbers below a heading: value, unit, name; the value is HTML. */
export function headline(numbers: [string, string, string][]): string {
  const cells = numbers.map(
    ([value, unit, name]) =>
      `<div><dt>${escapeHtml(name)}</dt><dd>${value} <small>${escapeHtml(unit)}</small></dd></div>`,
  );
  return `<dl class="numbers">${cells.join("")}</dl>`;
}

function origin(report: LayerReport, { command, versions = {} }: PageOptions): string {
  const made = [command, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].filter(
    Boolean,
  );
  const how = made.length === 0 ? "" : `<pre>${escapeHtml(made.join("\n"))}</pre>`;
  const json = escapeHtml(JSON.stringify(report, null, 2));
  return section(
    "origin",
    "Where this comes from",
    `${how}<details><summary>The report as JSON</summary><pre tabindex="0">${json}</pre></details>`,
  );
}
