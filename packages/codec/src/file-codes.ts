import { readStream } from "@nacre/bitstream";
import { checkHeader } from "./file-header.js";
import type { LayerCodes } from "./layer-codes.js";
import { codesPerFrame, decodeLayer } from "./layer-symbols.js";
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
  const places = codesPerFrame(model);
  return header.layers.map((_, layer) =>
    Array.from({ length: header.channels }, (_, channel) => {
      const data = new Int32Array(frames * places);
      let at = 0;
      for (const chunk of chunks) {
        const codes = decodeLayer(model, layer, chunk.sections[layer]![channel]!, chunk.frames);
        data.set(codes, at);
        at += codes.length;
      }
      return { ...layerShape(model.quantizer.alphabets[layer]!, frames), data };
    }),
  );
}
