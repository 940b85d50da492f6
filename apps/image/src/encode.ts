import { parseStream } from "@nacre/bitstream";
import { once, type Source, type Task, type Work } from "@nacre/cli";
import { type OpenedPicture, openPicture } from "@nacre/media/pictures";
import type { EncodePictureOptions, PictureNacre } from "@nacre/nacre";
import { costFacts, layersFact, secondsFact, sizeFact } from "./facts.js";

/** What encoding was asked for. */
export type EncodeRequest = Pick<
  EncodePictureOptions,
  "layers" | "quality" | "bpp" | "psnr" | "guard" | "strip"
> & { maxPixels?: number };

/** A picture file or pipe on its way to a .nacre file, in memory of some tiles. */
export async function encodePicture(
  pictures: PictureNacre,
  source: Source,
  request: EncodeRequest,
  task: Task,
): Promise<Work> {
  const begun = performance.now();
  const opened = await openSource(source, request);
  for (const warning of opened.warnings) task.warn(warning);
  let layers = 0;
  async function* pieces() {
    try {
      let first = true;
      for await (const piece of pictures.encodeStream(opened, codingOptions(request, task))) {
        if (first) layers = await contentLayersIn(piece);
        first = false;
        yield piece;
      }
    } finally {
      await opened.close();
    }
  }
  return {
    pieces: pieces(),
    facts: (bytes) => [...costFacts(bytes, opened), sizeFact(opened), layersFact(layers), secondsFact(begun)],
  };
}

/** Opens what a user named, within the user's limit of pixels. */
export function openSource(source: Source, { maxPixels }: { maxPixels?: number }): Promise<OpenedPicture> {
  return openPicture(source.path ?? source.bytes(), maxPixels === undefined ? {} : { maxPixels });
}

/** What of a request the codec is asked for. */
export function codingOptions(
  { layers, quality, bpp, psnr, guard, strip }: EncodeRequest,
  task: Task,
): EncodePictureOptions {
  const given = Object.entries({ layers, quality, bpp, psnr, guard, strip });
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    signal: task.signal,
    onProgress: (tiles, all) => task.progress(`${tiles} of ${all} tiles encoded`, tiles, all),
  };
}

// A file begins with its header, whole.
async function contentLayersIn(start: Uint8Array): Promise<number> {
  const { header } = await parseStream(once(start), { recover: true });
  return header.layers.filter(({ role }) => role === "content").length;
}
