import { readStream } from "@nacre/bitstream";
import { decodeSymbols } from "@nacre/entropy";
import type { LayerCodes } from "./layer-codes.js";
import type { Model } from "./model.js";

/**
 * The codes in a file, [layer][channel]; no network is run.
 *
 * throws NacreError "bitstream" or "version" for a file that cannot be read
 */
export function fileCodes(model: Model, file: Uint8Array): LayerCodes[][] {
  const { header, chunks } = readStream(file);
  const frames = chunks.reduce((sum, chunk) => sum + chunk.frames, 0);
  return header.layers.map(({ role, alphabet, stride }, layer) =>
    Array.from({ length: header.channels }, (_, channel) => {
      const data = new Int32Array(frames);
      let at = 0;
      for (const chunk of chunks) {
        data.set(decodeSymbols(chunk.sections[layer]![channel]!, chunk.frames, model.tables[layer]!), at);
        at += chunk.frames;
      }
      return { role, alphabet, stride: [stride], grid: [frames], data };
    }),
  );
}
