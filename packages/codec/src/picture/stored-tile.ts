import { type Chunk, type PictureHeader, storedKinds } from "@nacre/bitstream";
import { assert, isNacreError, NacreError } from "@nacre/errors";
import type { Picture, PicturePlane, TileCoder, TileKind } from "@nacre/signal";

/** What a stored tile has to come back as. */
export type TileForm = Pick<PictureHeader, "colour" | "bitDepth"> & { width: number; height: number };

/** The chunk of a tile that another coding made; alpha is coded as in every chunk. */
export function storedChunk(kind: TileKind, bytes: Uint8Array, alpha: Uint8Array | undefined): Chunk {
  return { frames: 1, sections: [...(alpha ? [[alpha]] : []), [bytes]], stored: storedKinds[kind] };
}

/**
 * The planes of a stored tile.
 *
 * section  its bytes; undefined where they are lost
 * recover  gives undefined for a tile that is lost or damaged
 * throws   NacreError "option" without a coder, "version" for an unknown coding, "bitstream" for a damaged tile
 */
export async function decodeStored(
  coder: TileCoder | undefined,
  stored: number,
  section: Uint8Array | undefined,
  form: TileForm,
  recover: boolean,
): Promise<PicturePlane[] | undefined> {
  if (!coder) throw coderMissing();
  const kind = kindNames.find((name) => storedKinds[name] === stored);
  try {
    if (!kind) throw unknownKind(stored);
    assert(section || recover, "a strict reader gives all sections of a chunk");
    return section && inForm(await coder.decode(kind, section, form.width, form.height), form);
  } catch (error) {
    if (recover && isNacreError(error)) return undefined;
    throw error;
  }
}

const kindNames = Object.keys(storedKinds) as TileKind[];

/**
 * A decoded tile in its picture's colours and bits: 8 bits are widened, RGB of a grey picture is averaged.
 *
 * throws  NacreError "bitstream" for a tile that cannot be of such a picture
 */
export function inForm(tile: Picture, { colour, bitDepth, width, height }: TileForm): PicturePlane[] {
  const { planes } = tile;
  const sized = tile.width === width && tile.height === height && planes.length > 0;
  if (!sized || tile.bitDepth > bitDepth) {
    throw new NacreError("bitstream", {
      found: `a stored tile of ${tile.width} x ${tile.height} pixels and ${tile.bitDepth} bits`,
      expected: `${width} x ${height} and ${bitDepth}`,
      mend: "get the file again, or decode with recover",
    });
  }
  const whole = bitDepth === tile.bitDepth ? planes : planes.map(widened);
  if (colour === "rgb") return [0, 1, 2].map((at) => whole[at] ?? whole[0]!);
  const [red, green, blue] = whole;
  if (!green || !blue) return [red!];
  return [red!.map((value, at) => Math.round((value + green[at]! + blue[at]!) / 3))];
}

function widened(plane: PicturePlane): Uint16Array {
  return Uint16Array.from(plane, (value) => value * 257);
}

function coderMissing(): NacreError {
  return new NacreError("option", {
    found: "a picture with tiles that are stored by another coding, and no tile coder to read them",
    expected: "a codec that was opened with one",
    mend: "give createPictureCodec a `tileCoder`, such as that of @nacre/media/pictures",
  });
}

function unknownKind(stored: number): NacreError {
  return new NacreError("version", {
    found: `a tile that is stored by coding ${stored}`,
    expected: `${kindNames.map((name) => `${storedKinds[name]}, ${name}`).join(", or ")}`,
    mend: "read the file with a newer nacre",
  });
}
