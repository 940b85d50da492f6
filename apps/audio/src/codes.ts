import { type Fact, type Source, sniff } from "@nacre/cli";
import { type LayerCodes, type Nacre, readAudio } from "@nacre/nacre";

/** The codes of a sound, or those in a .nacre file. */
export async function codesOf(
  nacre: Nacre,
  source: Source,
): Promise<{ codes: LayerCodes[][]; facts: Fact[] }> {
  const { file, signal } = await sniff(source);
  const codes = await nacre.codes(file ?? (await readAudio(signal.path ?? signal.bytes())));
  const shape = [codes.length, codes[0]?.length ?? 0, ...(codes[0]?.[0]?.grid ?? [])];
  return {
    codes,
    facts: [
      { name: "model", value: nacre.model.id, text: nacre.model.id },
      { name: "shape", value: shape, text: `[layers, channels, frames] = [${shape.join(", ")}]` },
    ],
  };
}
