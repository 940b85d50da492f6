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

/** A whole page: it loads nothing, its policy forbids the network, and the report is in it as JSON. */
export function page(report: LayerReport, options: PageOptions, parts: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(options.title)} – layers</title>
<style>${style}${parts.style ?? ""}</style>
</head>
<body>
<header><h1>${escapeHtml(options.title)}</h1>
<p>${escapeHtml(parts.sentence)} Model ${escapeHtml(report.model)}.</p>
${headline(parts.numbers)}
</header>
<main>
${parts.main}
${origin(report, options)}
</main>
<footer>Made by nacre. This page loads nothing from anywhere.</footer>
<script type="application/json" id="layer-report">${scriptJson(report)}</script>
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

function headline(numbers: [string, string, string][]): string {
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
