import { escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { RoundTripReport } from "../round-trip/schema.js";

/** Where the figures come from: command, machine, versions, models; and the JSON to take away. */
export function origin({ made, contenders }: RoundTripReport): string {
  const { machine, versions, models } = made;
  const facts: [string, string][] = [
    ["Date", made.date],
    [
      "Machine",
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}`,
    ],
    ...models.map(({ id, decodeHash, encodeHash }): [string, string] => [
      `Model ${id}`,
      `decodes as ${decodeHash}${encodeHash === undefined ? "" : `, encodes as ${encodeHash}`}`,
    ]),
    ...contenders
      .filter(({ kind }) => kind === "baseline")
      .map(({ name, version, absent }): [string, string] => [
        `Codec ${name}`,
        absent === undefined ? version : `absent: ${absent}`,
      ]),
    ...Object.entries(versions).map(([name, version]): [string, string] => [name, version]),
  ];
  const rows = facts.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return section(
    "origin",
    "Where this comes from",
    `<pre tabindex="0" aria-label="Command">${escapeHtml(made.command)}</pre>
<table class="facts"><caption class="hidden">Date, machine and versions</caption><tbody>${rows.join("\n")}</tbody></table>
<div class="row needs-script" hidden><button type="button" id="save-json">Save the report as JSON</button><button type="button" id="copy-command">Copy the command</button><output id="said" aria-live="polite"></output></div>`,
  );
}
