import { type Fact, type Source, sniff } from "@nacre/cli";
import { type LayerCodes, type Nacre, readAudio } from "@nacre/nacre";

/** The codes of a sound, or those in a .nacre file. */
export async function codesOf(
  nacre: Nacre,
  source: Source,
): Promise<{ codes: LayerCodes[][]; facts: Fact[] }> {
  const { file, signal } = await sniff(source);
  const codes = await nacre.codes(file ?? (await readAudio(signal.path ?? signal.bytes())));
  const grids = codes.map(([first]) => first?.grid ?? []);
  const shape = [codes.length, codes[0]?.length ?? 0, ...(grids[0] ?? [])];
  const same = grids.every((grid) => grid.join() === grids[0]?.join());
  const text = same
    ? `[layers, channels, frames] = [${shape.join(", ")}]`
    : `${shape[0]} layers of ${grids.map((grid) => grid.join(" x ")).join(", ")} codes, ${shape[1]} channels`;
  return {
    codes,
    facts: [
      { name: "model", value: nacre.model.id, text: nacre.model.id },
      { name: "shape", value: same ? shape : grids.map((grid) => [shape[1]!, ...grid]), text },
    ],
  };
}
