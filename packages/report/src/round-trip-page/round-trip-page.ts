import { escapeHtml } from "../html.js";
import { headline, htmlDocument } from "../page-frame.js";
import type { RoundTripReport } from "../round-trip/schema.js";
import { codeUse } from "./code-use.js";
import { comparison } from "./comparison.js";
import { files } from "./files.js";
import { layers } from "./layers.js";
import { origin } from "./origin.js";
import { modelOf } from "./parts.js";
import { roundTripScript } from "./round-trip-script.js";
import { roundTripStyle } from "./round-trip-style.js";
import { headNumbers, verdict } from "./verdict.js";

/** title: text; absent: the model's name and the number of files. */
export type RoundTripPageOptions = { title?: string };

/**
 * One HTML page of a round-trip report: the verdict, curves and BD-rates, the layers, how codes are used, and every file,
 * worst first, with sounds that play in step or pictures in one place. It loads nothing but media that the report says
 * lie beside it (an href that is not a data URI), and the report stands in it as JSON under the id "round-trip".
 * Sounds and pictures are in the page once, in that JSON; files are drawn when they are opened, so a thousand are
 * listed as fast as ten. Everything above the files needs no script.
 */
export function roundTripPage(report: RoundTripReport, options: RoundTripPageOptions = {}): string {
  const title = options.title ?? defaultTitle(report);
  return htmlDocument({
    title: `${title} – round trip`,
    heading: title,
    head: `<p class="verdict">${escapeHtml(verdict(report))}</p>\n${headline(headNumbers(report))}`,
    main: [comparison(report), layers(report), files(report), codeUse(report), origin(report)].join("\n"),
    style: roundTripStyle,
    script: roundTripScript,
    json: { id: "round-trip", value: report },
    beside: hrefs(report).some((href) => !href.startsWith("data:")),
  });
}

function defaultTitle(report: RoundTripReport): string {
  const count = report.files.length;
  const what = { audio: count === 1 ? "sound" : "sounds", image: count === 1 ? "picture" : "pictures" };
  return `${modelOf(report)?.name ?? "Codecs"} on ${count} ${what[report.medium]}`;
}

/** Where all media of a report are. */
function hrefs({ files, atlas = [] }: RoundTripReport): string[] {
  const ofFiles = files.flatMap(({ original, points }) => [original, ...points.map(({ media }) => media)]);
  return [
    ...ofFiles.flatMap((media) => (media ? [media.href] : [])),
    ...atlas.flatMap(({ codes }) => codes.map(({ href }) => href)),
  ];
}
