import type { ReadablePicture } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { pictureStreamOf } from "@nacre/media/pictures";
import type { PictureFacts, PictureStream, PictureTile } from "@nacre/signal";
import type { EncodePictureOptions } from "./picture-options.js";

/** The picture as it is to be encoded: without what is stripped, its tiles only while nobody gave up. */
export function pictureEncodable(
  picture: ReadablePicture,
  { strip, signal }: Pick<EncodePictureOptions, "strip" | "signal">,
): ReadablePicture {
  const kept = strip ? stripped(picture) : picture;
  if (!signal) return kept;
  if ("tiles" in kept) return pictureUntilAborted(kept, signal);
  if (!("readTile" in kept)) return pictureUntilAborted(pictureStreamOf(kept), signal);
  return {
    ...kept,
    async readTile(...place) {
      checkAborted(signal);
      return kept.readTile(...place);
    },
  };
}

/** A picture whose tiles end in NacreError "cancelled" once the signal is aborted. */
export function pictureUntilAborted<S extends PictureStream>(stream: S, signal: AbortSignal | undefined): S {
  if (!signal) return stream;
  async function* tiles(): AsyncGenerator<PictureTile, void, undefined> {
    for await (const tile of stream.tiles) {
      checkAborted(signal);
      yield tile;
    }
    checkAborted(signal);
  }
  return { ...stream, tiles: tiles() };
}

function stripped<P extends PictureFacts>(picture: P): P {
  const kept = { ...picture };
  delete kept.exif;
  delete kept.xmp;
  return kept;
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new NacreError("cancelled", "the picture was given up before its end");
}
