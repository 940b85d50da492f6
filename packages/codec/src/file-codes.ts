import { readStream } from "@nacre/bitstream";
import { sizeOf } from "@nacre/blocks";
import { checkHeader } from "./file-header.js";
import type { LayerCodes } from "./layer-codes.js";
import { decodeLayer } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { layerShape } from "./whole-sound.js";

/**
 * The codes in a file, [layer][channel]; no network is run.
 *
 * throws NacreError "bitstream" or "version" for a file that cannot be read, "model" for one that another
 *        model made
 */
export function fileCodes(model: Model, file: Uint8Array): LayerCodes[][] {
  const { header: read, chunks } = readStream(file);
  const header = checkHeader(model, read);
  const frames = chunks.reduce((sum, chunk) => sum + chunk.frames, 0);
  return header.layers.map((_, layer) =>
    Array.from({ length: header.channels }, (_, channel) => {
      const shape = layerShape(model, layer, frames);
      const data = new Int32Array(sizeOf(shape.grid));
      let at = 0;
      for (const chunk of chunks) {
        const codes = decodeLayer(model, layer, chunk.sections[layer]![channel]!, chunk.frames);
        data.set(codes, at);
        at += codes.length;
      }
      return { ...shape, data };
    }),
  );
}
