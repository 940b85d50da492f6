import type { Source, Task } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import { wavStream } from "@nacre/media";
import { pictureBytes, pictureFormatOf } from "@nacre/media/pictures";
import { mp4File, y4mStream } from "@nacre/media/video";
import { type DecodedVideo, framesOf, openVideoSound } from "@nacre/nacre";
import { usualMatrix } from "./coloured.js";
import type { DecodeRequest } from "./options.js";

/** A decoded video as a file's bytes, or a file for each picture. */
export type Result = { pieces: AsyncIterable<Uint8Array>; start?: () => Uint8Array | undefined };

/**
 * The result that the ending asks for.
 *
 * source  the .nacre file once more, for its sound
 */
export async function resultOf(
  decoded: DecodedVideo,
  source: Source,
  request: DecodeRequest,
  task: Task,
): Promise<Result> {
  const { ending, quality, sound: withSound = true } = request;
  const { sound, clock } = decoded.header;
  if (ending === ".y4m") {
    if (sound && withSound) task.warn("a .y4m file has no sound: the soundtrack is left out");
    if (clock !== undefined)
      task.warn("a .y4m file has no times: frames that were not shown equally long will be");
    return { pieces: y4mStream(framesOf(decoded)) };
  }
  if (ending === ".wav") return { pieces: soundAlone(decoded, source, request, task) };
  if (ending !== ".mp4") return { pieces: pictureFiles(decoded, ending, quality) };
  const heard = withSound ? await soundOf(decoded, source, request, task) : undefined;
  const isPipe = request.out === "-" || (request.out === undefined && source.path === undefined);
  // Nothing in the file will say the colours, so they are those that players take for its size.
  const usual = { ...decoded, matrix: usualMatrix(decoded.height), range: "limited" as const };
  const { parts, start } = await mp4File(framesOf(usual, "4:2:0"), heard, { isPipe });
  return { pieces: closing(parts, heard), start };
}

async function* closing(parts: AsyncIterable<Uint8Array>, heard: { close(): Promise<void> } | undefined) {
  try {
    yield* parts;
  } finally {
    await heard?.close();
  }
}

async function* pictureFiles(decoded: DecodedVideo, ending: string, quality: number | undefined) {
  const settings = { format: pictureFormatOf(`frame${ending}`), ...(quality !== undefined && { quality }) };
  for await (const { picture } of decoded.pictures) yield (await pictureBytes(picture, settings)).bytes;
}

function soundOf(
  { header }: DecodedVideo,
  source: Source,
  { recover, from, to, soundModel: model }: DecodeRequest,
  { signal }: Task,
) {
  const given = Object.entries({ recover, from, to, model }).filter(([, value]) => value !== undefined);
  return openVideoSound(header, source.bytes(), { ...Object.fromEntries(given), signal });
}

async function* soundAlone(decoded: DecodedVideo, source: Source, request: DecodeRequest, task: Task) {
  const heard = await soundOf(decoded, source, request, task);
  if (!heard)
    throw new NacreError("media", { found: "a video without a soundtrack", expected: "one with sound" });
  yield* closing(wavStream(heard), heard);
}
