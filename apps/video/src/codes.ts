import { type Fact, type Source, sniff, type Task } from "@nacre/cli";
import type { LayerCodes, VideoNacre } from "@nacre/nacre";
import { encodeVideo } from "./encode.js";

/** The codes of a video, or those in a .nacre file: [layer][frame], of the frames that have codes of their own. */
export async function codesOf(
  videos: VideoNacre,
  source: Source,
  task: Task,
): Promise<{ codes: LayerCodes[][]; facts: Fact[] }> {
  const { file, signal } = await sniff(source);
  const codes = videos.codes(file ?? (await wholeFile(videos, signal!, task)));
  const content = codes.filter(([first]) => first?.role === "content");
  const shape = [content.length, content[0]?.length ?? 0, ...(content[0]?.[0]?.grid ?? [])];
  return {
    codes,
    facts: [
      { name: "model", value: videos.model.id, text: videos.model.id },
      { name: "shape", value: shape, text: `[layers, frames, rows, columns, codes] = [${shape.join(", ")}]` },
    ],
  };
}

/** A video's file with all layers, in memory; throws what ended it early. */
export async function wholeFile(videos: VideoNacre, source: Source, task: Task): Promise<Uint8Array> {
  const { pieces, failure } = await encodeVideo(
    videos,
    source,
    { layers: videos.model.layers, sound: false },
    task,
  );
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  const failed = failure?.();
  if (failed) throw failed;
  return new Uint8Array(Buffer.concat(parts));
}
