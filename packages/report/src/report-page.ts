import { NacreError } from "@nacre/errors";
import type { LayerReport, SoundReport } from "@nacre/inspect";
import { wavBytes } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { dataUri, decimal, escapeHtml } from "./html.js";
import { headlineMeasures, layerPanels, layerTableHtml, layerVerdict } from "./layer-figures.js";
import { measureTablesHtml } from "./measure-figures.js";
import { type PageOptions, page, prefixRate, section } from "./page-frame.js";
import { playerScript } from "./player-script.js";
import { loudestLevel, pictureLevels, pictureRange, spectrogramFigure } from "./spectrogram-figure.js";

/**
 * What a sound's page shows beside the numbers.
 *
 * original  what was encoded, where it is known
 * prefixes  decoded from the first `layers` content layers, in rising order; all sounds have one rate,
 *           one number of channels and one length
 */
export type ReportPageOptions = PageOptions & {
  original?: Audio;
  prefixes: { layers: number; audio: Audio }[];
};

/**
 * One HTML page that needs nothing else: numbers, charts, table, spectrograms and players stand in it as text and
 * data URIs, and its policy forbids the network. The report is embedded as JSON under the id "layer-report".
 * Size: some 2.7 bytes for each sample of each sound, of which there is one more than prefixes.
 *
 * throws  NacreError "shape" when there is no sound at all, when the sounds differ in rate, channels or length, or
 *         for the report of another medium
 */
export function reportPage(report: LayerReport, options: ReportPageOptions): string {
  if (report.medium !== "audio") {
    throw new NacreError("shape", { found: "the report of a picture", expected: "one of a sound" });
  }
  const versions = soundVersions(report, options);
  return page(report, options, {
    sentence: "What each layer of this file costs, carries and does to the sound.",
    numbers: headline(report),
    main: mainParts(report, versions),
    script: playerScript,
  });
}

function mainParts(report: SoundReport, versions: SoundVersion[]): string {
  const keys = `All versions run in step: switch while it plays. Keys 0 to ${Math.min(9, versions.length - 1)} choose, [ and ] go to the next, space plays and pauses.`;
  return [
    section("listen", "Listen", `<p class="quiet">${keys}</p>`),
    deck(versions),
    section("worth", "Which layers earn their bits", worthOf(report)),
    section("numbers", "All numbers", layerTableHtml(report) + measureTablesHtml(report)),
    section(
      "pictures",
      "See and hear every prefix",
      `<p class="quiet">Spectrograms on one scale of ${pictureRange} dB, lighter is louder.</p>\n${pictures(versions)}`,
    ),
  ].join("\n");
}

function worthOf(report: SoundReport): string {
  const legend = "Grey is what a layer costs, colour is what it gives.";
  return `<p class="quiet">${legend} ${escapeHtml(layerVerdict(report))}</p>\n${layerPanels(report)}`;
}

/** One sound of the page: the original or a prefix. */
type SoundVersion = { name: string; short: string; facts: string; audio: Audio };

function soundVersions(report: SoundReport, { original, prefixes }: ReportPageOptions): SoundVersion[] {
  const model = original ?? prefixes[0]?.audio;
  if (!model) throw new NacreError("shape", { found: "a page without sounds", expected: "at least one" });
  for (const { layers, audio } of prefixes) checkSameForm(model, audio, layers);
  const versions = prefixes.map(({ layers, audio }) => prefixVersion(report, layers, audio));
  if (!original) return versions;
  return [{ name: "Original", short: "Original", facts: pcmFacts(original), audio: original }, ...versions];
}

function prefixVersion(report: SoundReport, layers: number, audio: Audio): SoundVersion {
  const row = report.layers.find(({ role, prefix }) => role === "content" && prefix === layers);
  const measures = report.metrics
    .filter(({ name }) => typeof row?.quality[name] === "number")
    .map(
      ({ name, label, unit }) => `${label} ${decimal(row?.quality[name], unit ? 1 : 3)}${unit && ` ${unit}`}`,
    );
  const name = layers === 1 ? "1 layer" : `${layers} layers`;
  const facts = [`${decimal(prefixRate(report, layers), 2)} kbit/s with container`, ...measures].join(" · ");
  return { name, short: name, facts, audio };
}

function pcmFacts({ sampleRate, channels }: Audio): string {
  return `${decimal((16 * channels.length * sampleRate) / 1000, 0)} kbit/s as 16-bit samples`;
}

function headline(report: SoundReport): [string, string, string][] {
  const { totals, duration, channels, sampleRate } = report;
  const pcmBytes = 2 * channels * Math.round(duration * sampleRate);
  const seconds = `${channels} channel${channels === 1 ? "" : "s"}, ${decimal(sampleRate / 1000, 1)} kHz`;
  return [
    [decimal(totals.rate, 2), "kbit/s", "rate of the file"],
    [String(totals.bytes), "bytes", `${totals.containerBytes} of them container`],
    [totals.bytes === 0 ? "–" : decimal(pcmBytes / totals.bytes, 1), "×", "smaller than 16-bit samples"],
    [decimal(duration, 2), "s", seconds],
    [String(totals.contentLayers), "", `content layer${totals.contentLayers === 1 ? "" : "s"}`],
    ...headlineMeasures(report),
  ];
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
