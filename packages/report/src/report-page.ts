import { NacreError } from "@nacre/errors";
import type { LayerReport } from "@nacre/inspect";
import { wavBytes } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { dataUri, decimal, escapeHtml, scriptJson } from "./html.js";
import { layerPanels, layerTableHtml, layerVerdict } from "./layer-figures.js";
import { playerScript } from "./player-script.js";
import { loudestLevel, pictureLevels, pictureRange, spectrogramFigure } from "./spectrogram-figure.js";
import { style } from "./style.js";

/**
 * What a page shows beside the numbers.
 *
 * title     usually the file's name
 * original  what was encoded, where it is known
 * prefixes  decoded from the first `layers` content layers, in rising order; all sounds have one rate,
 *           one number of channels and one length
 * command   the command line that made the page
 * versions  name to version of what took part, shown at the end
 */
export type ReportPageOptions = {
  title: string;
  original?: Audio;
  prefixes: { layers: number; audio: Audio }[];
  command?: string;
  versions?: Record<string, string>;
};

/**
 * One HTML page that needs nothing else: numbers, charts, table, spectrograms and players stand in it as text and
 * data URIs, and its policy forbids the network. The report is embedded as JSON under the id "layer-report".
 * Size: some 2.7 bytes for each sample of each sound, of which there is one more than prefixes.
 *
 * throws  NacreError "shape" when there is no sound at all, or when the sounds differ in rate, channels or length
 */
export function reportPage(report: LayerReport, options: ReportPageOptions): string {
  const versions = soundVersions(report, options);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(options.title)} – layers</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escapeHtml(options.title)}</h1>
<p>What each layer of this file costs, carries and does to the sound. Model ${escapeHtml(report.model)}.</p>
${headline(report)}
</header>
<main>
<section aria-labelledby="listen"><h2 id="listen">Listen</h2>
<p class="quiet">All versions run in step: switch while it plays. Keys 0 to ${Math.min(9, versions.length - 1)} choose, [ and ] go to the next, space plays and pauses.</p></section>
${deck(versions)}
<section aria-labelledby="worth"><h2 id="worth">Which layers earn their bits</h2>
<p class="quiet">Grey is what a layer costs, colour is what it gives. ${escapeHtml(layerVerdict(report))}</p>
${layerPanels(report)}</section>
<section aria-labelledby="numbers"><h2 id="numbers">All numbers</h2>
${layerTableHtml(report)}</section>
<section aria-labelledby="pictures"><h2 id="pictures">See and hear every prefix</h2>
<p class="quiet">Spectrograms on one scale of ${pictureRange} dB, lighter is louder.</p>
${pictures(versions)}</section>
${origin(report, options)}
</main>
<footer>Made by nacre. This page loads nothing from anywhere.</footer>
<script type="application/json" id="layer-report">${scriptJson(report)}</script>
<script>${playerScript}</script>
</body>
</html>
`;
}

/** One sound of the page: the original or a prefix. */
type SoundVersion = { name: string; short: string; facts: string; audio: Audio };

function soundVersions(report: LayerReport, { original, prefixes }: ReportPageOptions): SoundVersion[] {
  const model = original ?? prefixes[0]?.audio;
  if (!model) throw new NacreError("shape", { found: "a page without sounds", expected: "at least one" });
  for (const { layers, audio } of prefixes) checkSameForm(model, audio, layers);
  const versions = prefixes.map(({ layers, audio }) => prefixVersion(report, layers, audio));
  if (!original) return versions;
  return [{ name: "Original", short: "Original", facts: pcmFacts(original), audio: original }, ...versions];
}

function prefixVersion(report: LayerReport, layers: number, audio: Audio): SoundVersion {
  const row = report.layers.find(({ role, prefix }) => role === "content" && prefix === layers);
  const measures = report.metrics
    .filter(({ name }) => typeof row?.quality[name] === "number")
    .map(
      ({ name, label, unit }) => `${label} ${decimal(row?.quality[name], unit ? 1 : 3)}${unit && ` ${unit}`}`,
    );
  const name = layers === 1 ? "1 layer" : `${layers} layers`;
  const facts = [`${decimal(prefixKbps(report, layers), 2)} kbit/s with container`, ...measures].join(" · ");
  return { name, short: name, facts, audio };
}

/** The rate of a file cut to its first k content layers: the side layers they need and the container included. */
function prefixKbps({ layers, totals, duration }: LayerReport, k: number): number | null {
  if (duration === 0) return null;
  const kept = layers.filter(({ role, prefix }) => (role === "content" ? prefix <= k : prefix < k));
  const bytes = kept.reduce((sum, { fileBytes }) => sum + fileBytes, totals.containerBytes);
  return (8 * bytes) / 1000 / duration;
}

function pcmFacts({ sampleRate, channels }: Audio): string {
  return `${decimal((16 * channels.length * sampleRate) / 1000, 0)} kbit/s as 16-bit samples`;
}

function headline(report: LayerReport): string {
  const { totals, duration, channels, sampleRate } = report;
  const pcmBytes = 2 * channels * Math.round(duration * sampleRate);
  const last = report.layers.findLast(({ role }) => role === "content");
  const numbers: [string, string, string][] = [
    [decimal(totals.kbps, 2), "kbit/s", "rate of the file"],
    [String(totals.bytes), "bytes", `${totals.containerBytes} of them container`],
    [totals.bytes === 0 ? "–" : decimal(pcmBytes / totals.bytes, 1), "×", "smaller than 16-bit samples"],
    [
      decimal(duration, 2),
      "s",
      `${channels} channel${channels === 1 ? "" : "s"}, ${decimal(sampleRate / 1000, 1)} kHz`,
    ],
    [String(totals.contentLayers), "", `content layer${totals.contentLayers === 1 ? "" : "s"}`],
    ...report.metrics
      .filter(({ name }) => ["siSdr", "melDistance", "stoi"].includes(name))
      .map(({ name, label, unit }): [string, string, string] => [
        decimal(last?.quality[name], unit ? 1 : 3),
        unit,
        `${label}, all layers`,
      ]),
  ];
  const cells = numbers.map(
    ([value, unit, name]) =>
      `<div><dt>${escapeHtml(name)}</dt><dd>${value} <small>${escapeHtml(unit)}</small></dd></div>`,
  );
  return `<dl class="numbers">${cells.join("")}</dl>`;
}

function deck(versions: SoundVersion[]): string {
  const { sampleRate, channels } = versions[0]!.audio;
  const seconds = (channels[0]?.length ?? 0) / sampleRate;
  const buttons = versions.map(({ short }, i) => {
    const key = i < 10 ? `<kbd aria-hidden="true">${i}</kbd>` : "";
    return `<button type="button" data-version="${i}" aria-pressed="${i === 0}">${escapeHtml(short)}${key}</button>`;
  });
  return `<div class="deck" hidden>
<div class="row choices" role="group" aria-label="Version that is heard">${buttons.join("")}</div>
<div class="row"><button type="button" class="play">Play</button><input type="range" min="0" max="${seconds}" step="0.01" value="0" aria-label="Position"><output>0.0 s</output></div>
</div>`;
}

function pictures(versions: SoundVersion[]): string {
  const levels = versions.map(({ audio }) => pictureLevels(audio));
  const top = loudestLevel(levels[0]!);
  return versions
    .map(({ name, facts, audio }, i) => {
      const title = escapeHtml(name);
      return `<article class="version"><h3>${title}</h3><p class="quiet">${escapeHtml(facts)}</p>
${spectrogramFigure(audio, levels[i]!, top, name === "Original" ? "the original" : `the sound of ${name}`)}
<audio controls preload="metadata" aria-label="${title}" src="${dataUri("audio/wav", wavBytes(audio, { bitDepth: 16 }))}"></audio></article>`;
    })
    .join("\n");
}

function origin(report: LayerReport, { command, versions = {} }: ReportPageOptions): string {
  const made = [command, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].filter(
    Boolean,
  );
  const how = made.length === 0 ? "" : `<pre>${escapeHtml(made.join("\n"))}</pre>`;
  return `<section aria-labelledby="origin"><h2 id="origin">Where this comes from</h2>
${how}<details><summary>The report as JSON</summary><pre tabindex="0">${escapeHtml(JSON.stringify(report, null, 2))}</pre></details></section>`;
}

function checkSameForm(original: Audio, audio: Audio, layers: number): void {
  const [expected, found] = [form(original), form(audio)];
  if (expected === found) return;
  throw new NacreError("shape", {
    found: `a prefix of ${layers} layers with ${found}`,
    expected: `${expected} as the first sound of the page`,
  });
}

function form({ sampleRate, channels }: Audio): string {
  return `${channels.map(({ length }) => length).join("+")} samples at ${sampleRate} Hz`;
}
