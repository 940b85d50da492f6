import { NacreError } from "@nacre/errors";
import { join } from "./cursor.js";
import type { LayerInfo } from "./layer-runs.js";
import { readStream } from "./read.js";
import { createStreamWriter } from "./writer.js";

/**
 * How many layers (side layers included) the prefix of k content layers has: all up to the k-th content layer.
 *
 * throws   NacreError "option" when there are not k content layers, or k is below 1
 */
export function prefixLayers(layers: readonly LayerInfo[], k: number): number {
  let content = 0;
  for (const [index, { role }] of layers.entries()) {
    if (role === "content") content++;
    if (content === k) return index + 1;
  }
  throw new NacreError("option", {
    found: `a prefix of ${k} layers`,
    expected: `1 to ${content}, the content layers of this stream`,
  });
}

/**
 * Drops the content layers above the k-th, without a model. The result is byte for byte what encoding with k layers
 * would have written. A picture's tiles that are stored otherwise than in layers stay whole, and so does a video's sound.
 *
 * bytes    a whole, sound stream
 * throws   NacreError "bitstream" or "version" as readStream, "option" for a k that the stream does not have
 */
export function trimLayers(bytes: Uint8Array, k: number): Uint8Array {
  const { header, chunks, length, damage: _none, ...ends } = readStream(bytes);
  const keep = prefixLayers(header.layers, k);
  const writer = createStreamWriter({ ...header, layers: header.layers.slice(0, keep) });
  const parts = [writer.start()];
  for (const chunk of chunks) {
    const { stored, mark, sections } = chunk;
    const whole = stored !== undefined || mark?.kind === "sound";
    parts.push(writer.chunk(whole ? chunk : { ...chunk, sections: sections.slice(0, keep) }));
  }
  parts.push(writer.finish(length, ends));
  return join(parts);
}

/**
 * Where the bytes of a sound stream went: the codes of each layer, tiles of a picture that are stored otherwise than in
 * layers (their alpha counts as its layer), the sound of a video, and the container (header, lengths, checks, footer,
 * attachments). Together they are the whole file.
 *
 * throws   as readStream
 */
export function layerBytes(bytes: Uint8Array): {
  layers: number[];
  stored: number;
  sound: number;
  container: number;
} {
  const { header, chunks } = readStream(bytes);
  const layers = header.layers.map(() => 0);
  let stored = 0;
  let sound = 0;
  for (const chunk of chunks) {
    const sizes = chunk.sections.map((channels) => channels.reduce((sum, { length }) => sum + length, 0));
    if (chunk.stored !== undefined) stored += sizes.pop()!;
    if (chunk.mark?.kind === "sound") sound += sizes.splice(0).reduce((sum, size) => sum + size, 0);
    for (const [layer, size] of sizes.entries()) layers[layer]! += size;
  }
  const inside = layers.reduce((sum, one) => sum + one, stored + sound);
  return { layers, stored, sound, container: bytes.length - inside };
}
