import { NacreError } from "@nacre/errors";
import { join } from "./cursor.js";
import type { LayerInfo } from "./header.js";
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
 * would have written.
 *
 * bytes    a whole, sound stream
 * throws   NacreError "bitstream" or "version" as readStream, "option" for a k that the stream does not have
 */
export function trimLayers(bytes: Uint8Array, k: number): Uint8Array {
  const { header, chunks, length } = readStream(bytes);
  const keep = prefixLayers(header.layers, k);
  const writer = createStreamWriter({ ...header, layers: header.layers.slice(0, keep) });
  const parts = [writer.start()];
  for (const { frames, sections } of chunks)
    parts.push(writer.chunk({ frames, sections: sections.slice(0, keep) }));
  parts.push(writer.finish(length));
  return join(parts);
}

/**
 * Where the bytes of a sound stream went: the codes of each layer, and the container (header, lengths, checks,
 * footer, attachments). Together they are the whole file.
 *
 * throws   as readStream
 */
export function layerBytes(bytes: Uint8Array): { layers: number[]; container: number } {
  const { header, chunks } = readStream(bytes);
  const layers = header.layers.map((_, layer) =>
    chunks.reduce(
      (sum, chunk) => sum + chunk.sections[layer]!.reduce((all, section) => all + section.length, 0),
      0,
    ),
  );
  return { layers, container: bytes.length - layers.reduce((sum, one) => sum + one, 0) };
}
