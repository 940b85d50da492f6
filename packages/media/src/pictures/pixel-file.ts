import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, systemError } from "@nacre/errors";
import type { PicturePlane } from "@nacre/signal";
import { readAt } from "./picture-bytes.js";

/**
 * The layout of samples in a pixel file: rows from the top, pixels from the left, channels interleaved,
 * in the byte order of this machine.
 *
 * channels  grey, grey and alpha, RGB or RGB and alpha: 1 to 4
 */
export type PixelLayout = { width: number; height: number; channels: number; bitDepth: 8 | 16 };

/** What travels in a pixel file beside its samples, as the library carries it from file to file. */
export type PixelBlobs = { iccProfile?: Uint8Array; exif?: Uint8Array; xmp?: Uint8Array };

/**
 * A pixel file is the library's own uncompressed format (`.v`): 64 bytes of head, the samples, and an XML
 * tail. It is how whole pictures pass between the library and us without lying in memory: the library
 * reads and writes it row by row, and we read and write any rows.
 */
const headBytes = 64;
const magic = 0x08f2a6b6;
/** The library's numbers of sample types (unsigned 8 and 16 bit) and of colour spaces, by bit depth. */
const bandFormats = { 8: 0, 16: 2 } as const;
const colourSpaces = { grey: { 8: 1, 16: 26 }, rgb: { 8: 22, 16: 25 } } as const;
const millimetres = 25.4;

/** Bytes of one row. */
export function rowBytes({ width, channels, bitDepth }: PixelLayout): number {
  return (width * channels * bitDepth) / 8;
}

/** The head of a pixel file; density in pixels per inch. */
export function pixelHead({ width, height, channels, bitDepth }: PixelLayout, density: number): Uint8Array {
  const bytes = new ArrayBuffer(headBytes);
  const space = colourSpaces[channels < 3 ? "grey" : "rgb"][bitDepth];
  new Int32Array(bytes).set([magic, width, height, channels, bitDepth, bandFormats[bitDepth], 0, space]);
  new Float32Array(bytes).fill(density / millimetres, 8, 10);
  return new Uint8Array(bytes);
}

/** The tail of a pixel file. */
export function pixelTail({ iccProfile, exif, xmp }: PixelBlobs): Uint8Array {
  const blobs = { "icc-profile-data": iccProfile, "exif-data": exif, "xmp-data": xmp };
  const fields = Object.entries(blobs).flatMap(([name, bytes]) =>
    bytes ? [`<field type="VipsBlob" name="${name}">${Buffer.from(bytes).toString("base64")}</field>`] : [],
  );
  const space = 'xmlns="http://www.vips.ecs.soton.ac.uk/vips/8.18.7"';
  return Buffer.from(
    `<?xml version="1.0"?>\n<root ${space}>\n<header>\n</header>\n<meta>\n${fields.join("\n")}\n</meta>\n</root>\n`,
  );
}

/**
 * Rows of a pixel file, read at will, one reading at a time. The last rows read are kept, so that tiles
 * beside each other cost one read.
 */
export class PixelRows {
  readonly layout: PixelLayout;
  #handle: FileHandle;
  #path: string;
  #mend: ((samples: PicturePlane) => void) | undefined;
  #remove: () => Promise<void>;
  #room = new Uint8Array(0);
  #kept = { first: 0, end: 0, samples: new Uint8Array(0) as PicturePlane };

  constructor(
    handle: FileHandle,
    path: string,
    layout: PixelLayout,
    remove: () => Promise<void>,
    mend?: (samples: PicturePlane) => void,
  ) {
    this.#handle = handle;
    this.#path = path;
    this.layout = layout;
    this.#remove = remove;
    this.#mend = mend;
  }

  /** The samples of the rows from `first` up to `end`, good until the next reading. */
  async read(first: number, end: number): Promise<PicturePlane> {
    const kept = this.#kept;
    if (first >= kept.first && end <= kept.end) {
      const samples = this.layout.width * this.layout.channels;
      return kept.samples.subarray((first - kept.first) * samples, (end - kept.first) * samples);
    }
    const length = (end - first) * rowBytes(this.layout);
    // What is kept gives up its room, so nothing is left to collect from tile to tile.
    if (this.#room.length < length) this.#room = new Uint8Array(length);
    this.#kept = { first: 0, end: 0, samples: this.#room.subarray(0, 0) };
    const at = headBytes + first * rowBytes(this.layout);
    const bytes = await readAt(this.#handle, this.#path, at, length, this.#room);
    assert(bytes.length === length, "a pixel file has all of its rows");
    const samples =
      this.layout.bitDepth === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, length / 2);
    this.#mend?.(samples);
    this.#kept = { first, end, samples };
    return samples;
  }

  /** Lets the file go and takes it away. */
  async close(): Promise<void> {
    await this.#handle.close();
    await this.#remove();
  }
}

/**
 * Opens a pixel file that the library wrote and checks that it is what was asked for.
 *
 * remove  takes the file away once it is closed
 * mend    changes interleaved samples, in place, as they are read
 */
export async function openPixelRows(
  path: string,
  remove: () => Promise<void>,
  mend?: (samples: PicturePlane) => void,
): Promise<PixelRows> {
  const handle = await open(path, "r");
  try {
    const bytes = await readAt(handle, path, 0, headBytes);
    const [mark, width = 0, height = 0, channels = 0, , format] = new Int32Array(bytes.buffer, 0, 8);
    assert(mark === magic, "the library writes its own format");
    assert(format === bandFormats[8] || format === bandFormats[16], "samples are of 8 or 16 bits");
    return new PixelRows(
      handle,
      path,
      { width, height, channels, bitDepth: format === 0 ? 8 : 16 },
      remove,
      mend,
    );
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A folder of our own in the temporary folder; `remove` takes it away and does no harm twice. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  try {
    const path = await mkdtemp(join(tmpdir(), "nacre-"));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  } catch (cause) {
    throw systemError(cause, tmpdir());
  }
}
