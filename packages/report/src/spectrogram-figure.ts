import { spectrogram } from "@nacre/metrics";
import type { Audio } from "@nacre/signal";
import { ticks } from "./axis.js";
import { nacreColours } from "./colour-map.js";
import { dataUri, decimal, escapeHtml } from "./html.js";
import { pngBytes } from "./png.js";

const palette = nacreColours();
const window = 1024;
const mostColumns = 900;
const rows = 180;
/** Decibels between the darkest and the lightest colour. */
export const pictureRange = 80;

/** A picture's levels: [rows, columns] in dB, highest frequency first; power mean over channels. */
export type Levels = { levels: Float32Array; columns: number };

/** The levels of a sound's picture, at most 900 x 180, the loudest level within each pixel. */
export function pictureLevels({ channels }: Audio): Levels {
  const length = channels[0]?.length ?? 0;
  const hop = Math.max(1, Math.min(window / 4, length), Math.ceil(length / mostColumns));
  const parts = channels.map((samples) => spectrogram(samples, { window, hop }));
  const [columns, bins] = [parts[0]?.frames ?? 0, window / 2 + 1];
  const levels = new Float32Array(rows * columns).fill(-120);
  for (let x = 0; x < columns; x++) {
    for (let k = 0; k < bins; k++) {
      const power =
        parts.reduce((sum, part) => sum + 10 ** (part.levels[x * bins + k]! / 10), 0) / parts.length;
      const at = (rows - 1 - Math.min(rows - 1, Math.floor((k * rows) / bins))) * columns + x;
      levels[at] = Math.max(levels[at]!, 10 * Math.log10(power));
    }
  }
  return { levels, columns };
}

/** The loudest level of a picture: the light end of the colours of all pictures that are compared with it. */
export function loudestLevel({ levels }: Levels): number {
  return levels.reduce((most, level) => Math.max(most, level), -120);
}

/** The picture with its axes. `top` dB is the lightest colour; `name` says in words whose picture it is. */
export function spectrogramFigure(audio: Audio, picture: Levels, top: number, name: string): string {
  const seconds = (audio.channels[0]?.length ?? 0) / audio.sampleRate;
  const kilohertz = audio.sampleRate / 2000;
  if (picture.columns === 0) return `<p class="quiet">${escapeHtml(name)}: no samples, so no picture.</p>`;
  const source = dataUri("image/png", pngBytes(pixels(picture, top), picture.columns, palette));
  const alt = `Spectrogram of ${name}: ${decimal(seconds, 1)} seconds from left to right, 0 to ${decimal(kilohertz, 1)} kilohertz from bottom to top, lighter is louder, ${pictureRange} decibels in all.`;
  const heights = ticks(kilohertz, 4).map((f) => `<span style="bottom:${place(f, kilohertz)}%">${f}</span>`);
  const times = ticks(seconds, 6).map((t) => `<span style="left:${place(t, seconds)}%">${t}</span>`);
  return `<div class="picture">
<div class="frequencies" aria-hidden="true"><b>kHz</b>${heights.join("")}</div>
<div class="field"><img src="${source}" width="${picture.columns}" height="${rows}" alt="${escapeHtml(alt)}"><i class="cursor" aria-hidden="true"></i></div>
<div class="times" aria-hidden="true">${times.join("")}<b>s</b></div>
</div>`;
}

function pixels({ levels }: Levels, top: number): Uint8Array {
  return Uint8Array.from(levels, (level) =>
    Math.round(255 * Math.min(1, Math.max(0, 1 + (level - top) / pictureRange))),
  );
}

function place(value: number, end: number): string {
  return ((100 * value) / end).toFixed(2);
}
