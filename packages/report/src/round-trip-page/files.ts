import { escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { RoundTripReport } from "../round-trip/schema.js";
import { measuresInOrder } from "./parts.js";

/** The files: those that failed with their sentence, and a list of the others that the page's script fills. */
export function files(report: RoundTripReport): string {
  const failed = report.files.filter((file) => file.failed);
  const whole = report.files.length - failed.length;
  const { first, others } = measuresInOrder(report);
  const faults =
    failed.length === 0
      ? ""
      : `<div class="failed"><h3>${failed.length === 1 ? "1 file" : `${failed.length} files`} failed</h3><ul>${failed.map(({ name, failed: fault }) => `<li><b>${escapeHtml(name)}</b> ${escapeHtml(fault!.sentence)} <small>(${escapeHtml(fault!.code)})</small></li>`).join("")}</ul></div>`;
  const list =
    whole === 0
      ? `<p class="quiet">No file came through.</p>`
      : `<noscript><p>The list of files needs this page's script; all numbers above do not.</p></noscript>
<form class="row tools needs-script" hidden><label for="order">Worst first by</label><select id="order">${[...first, ...others].map(({ name, label }) => `<option value="${escapeHtml(name)}">${escapeHtml(label)}</option>`).join("")}</select>
<label for="find">Find</label><input type="search" id="find" placeholder="a name" autocomplete="off" spellcheck="false"><output id="found" aria-live="polite"></output></form>
<ol id="files"></ol>
<div class="row"><button type="button" id="more" hidden></button></div>`;
  const note = [
    report.mediaNote,
    report.unfinished === undefined
      ? undefined
      : `The work was interrupted: ${report.unfinished} more were asked for and not begun.`,
  ].flatMap((sentence) => (sentence === undefined ? [] : [`<p class="quiet">${escapeHtml(sentence)}</p>`]));
  return section(
    "files-title",
    "File by file, worst first",
    `${note.join("")}${faults}${report.files.length > 0 ? keys(report) : ""}${list}`,
  );
}

function keys({ medium }: RoundTripReport): string {
  const list: [string, string][] = [
    ["0–9", "choose a version"],
    ["[ ]", "fewer, more layers"],
    ["x", "back and forth"],
    ...(medium === "audio"
      ? [["space", "play, pause"] as [string, string]]
      : [["v", "in place, divided, difference"] as [string, string]]),
  ];
  return `<p class="quiet keys needs-script" hidden>Keys, while the focus is inside a file: ${list.map(([key, what]) => `<span><kbd>${key}</kbd> ${what}</span>`).join(" ")}</p>`;
}
