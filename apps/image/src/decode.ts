import type { Source, Task, Work } from "@nacre/cli";
import { type PictureSettings, pictureFormatOf, pictureParts } from "@nacre/media/pictures";
import type { DecodedPicture, DecodePictureOptions, PictureNacre } from "@nacre/nacre";
import { costFacts, layersFact, secondsFact, sizeFact } from "./facts.js";

/** What decoding was asked for; `ending` says which kind of picture file to make. */
export type DecodeRequest = Pick<DecodePictureOptions, "layers" | "recover" | "maxPixels"> &
  PictureSettings & { ending: string };

/** A .nacre file or pipe on its way to a picture file, in memory of some rows of tiles. */
export async function decodePicture(
  pictures: PictureNacre,
  source: Source,
  request: DecodeRequest,
  task: Task,
): Promise<Work> {
  const begun = performance.now();
  const decoded = await pictures.decodeStream(source.bytes(), codingOptions(request, task));
  const { parts, warnings } = pictureParts(shown(decoded, request), {
    ...settingsOf(request),
    format: pictureFormatOf(`picture${request.ending}`),
  });
  for (const warning of warnings) task.warn(warning);
  const layers = decoded.header.layers.filter(({ role }) => role === "content").length;
  return {
    pieces: tellingDamage(parts, decoded, task),
    facts: (bytes) => [
      ...costFacts(bytes, decoded).slice(0, 1),
      sizeFact(decoded),
      layersFact(Math.min(layers, request.layers ?? layers)),
      secondsFact(begun),
    ],
  };
}

function codingOptions({ layers, recover, maxPixels }: DecodeRequest, task: Task): DecodePictureOptions {
  const given = Object.entries({ layers, recover, maxPixels });
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    signal: task.signal,
    onProgress: (tiles, all) => task.progress(`${tiles} of ${all} tiles decoded`, tiles, all),
  };
}

// The profile stays, since colours mean nothing without it.
function shown(decoded: DecodedPicture, { strip }: DecodeRequest): DecodedPicture {
  if (!strip) return decoded;
  const { exif: _exif, xmp: _xmp, ...kept } = decoded;
  return kept;
}

function settingsOf({ quality, lossless, background }: DecodeRequest): PictureSettings {
  return {
    ...(quality !== undefined && { quality }),
    ...(lossless && { lossless }),
    ...(background && { background }),
  };
}

// What recovery went over is known when all tiles are through, which is before the first byte of the picture's file.
async function* tellingDamage(parts: AsyncIterable<Uint8Array>, decoded: DecodedPicture, task: Task) {
  yield* parts;
  const { damage } = await decoded.end();
  for (const { what, chunk } of damage)
    task.warn(chunk === undefined ? `damage: ${what}` : `damage in tile ${chunk + 1}: ${what}`);
}
