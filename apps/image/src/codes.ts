import { type Fact, type Source, sniff } from "@nacre/cli";
import type { LayerCodes, PictureNacre } from "@nacre/nacre";
import { openSource } from "./encode.js";

/** The codes of a picture, or those in a .nacre file; a picture has one channel, its codes being of all colours. */
export async function codesOf(
  pictures: PictureNacre,
  source: Source,
): Promise<{ codes: LayerCodes[][]; facts: Fact[] }> {
  const { file, signal } = await sniff(source);
  const found = file ? await pictures.codes(file) : await codesOfPicture(pictures, signal!);
  const content = found.filter(({ role }) => role === "content");
  const shape = [content.length, 1, ...(content[0]?.grid ?? [])];
  return {
    codes: found.map((layer) => [layer]),
    facts: [
      { name: "model", value: pictures.model.id, text: pictures.model.id },
      { name: "shape", value: shape, text: `[layers, 1, rows, columns, codes] = [${shape.join(", ")}]` },
    ],
  };
}

async function codesOfPicture(pictures: PictureNacre, source: Source): Promise<LayerCodes[]> {
  const opened = await openSource(source, {});
  try {
    return await pictures.codes(opened);
  } finally {
    await opened.close();
  }
}
