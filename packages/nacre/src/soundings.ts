import type { Codec, LayerCodes, PictureCodec } from "@nacre/codec";
import type { PlacedCode } from "@nacre/inspect";
import type { Audio, Picture } from "@nacre/signal";

/** Seconds that a code is held to be heard. */
const heldSeconds = 0.25;

/** Codes of a layer may stand for several frames each; see OpenQuantizer. */
export type Strided = Codec["model"]["quantizer"] & { strides?: readonly number[] };

/** Each code of a layer held for a quarter of a second, all other layers absent; at the model's rate. */
export async function soundings(codec: Codec, layer: number, codes: readonly PlacedCode[]): Promise<Audio[]> {
  const { hop, sampleRate } = codec.model;
  const { alphabets, strides = [] }: Strided = codec.model.quantizer;
  const without = Array.from({ length: layer }, (_, below) => below);
  const alone = await codec.variant({ without });
  const together = strides.reduce((product, stride) => product * stride, 1);
  const frames = together * Math.ceil((heldSeconds * sampleRate) / hop / together);
  try {
    const sounds: Audio[] = [];
    for (const placed of codes) {
      const rows = alphabets
        .slice(0, layer + 1)
        .map((sizes, at) => repeated(rowOf(sizes, placed), frames / (strides[at] ?? 1)));
      const samples = await alone.synthesize(rows, frames * hop);
      sounds.push({ sampleRate, channels: [samples] });
    }
    return sounds;
  } finally {
    await alone.close();
  }
}

/**
 * Each code of a content layer in the middle of a patch, all other layers absent and side values at zero.
 *
 * shape  a file's codes, side codes first, for their form alone
 * layer  content layer, from 0
 */
export async function patches(
  codec: PictureCodec,
  shape: readonly LayerCodes[],
  layer: number,
  codes: readonly PlacedCode[],
): Promise<Picture[]> {
  const { cell } = codec.model;
  const without = Array.from({ length: layer }, (_, below) => below);
  const alone = await codec.variant({ without });
  try {
    const made: Picture[] = [];
    for (const placed of codes) {
      const layers = shape.slice(0, layer + 2).map((each) => neutralCodes(each, cell));
      const top = layers.at(-1)!;
      const middle = Math.floor(cell / 2) * (cell + 1);
      top.data[middle * top.grid[2]! + placed.place] = placed.code;
      made.push(await alone.synthesize(layers));
    }
    return made;
  } finally {
    await alone.close();
  }
}

/** Codes that stand for zero, of one cell of side values. */
function neutralCodes({ role, grid, stride, alphabet }: LayerCodes, cell: number): LayerCodes {
  const positions = role === "side" ? 1 : cell;
  const size = [positions, positions, grid[2]!];
  const data = new Int32Array(size.reduce((product, each) => product * each, 1)).fill((alphabet - 1) / 2);
  return { role, grid: size, stride, alphabet, data };
}

/** A frame's codes of a layer: the one, and the middle of what the other places can say. */
function rowOf(sizes: readonly number[], { place, code }: PlacedCode): number[] {
  return sizes.map((size, at) => (at === place ? code : Math.floor(size / 2)));
}

function repeated(row: readonly number[], frames: number): Int32Array {
  return Int32Array.from({ length: frames * row.length }, (_, at) => row[at % row.length]!);
}
