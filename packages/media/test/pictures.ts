import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { Picture, PicturePlane, PictureTile } from "@nacre/signal";
import { randomFrom } from "./sounds.js";

/** What a picture of noise is made of; two sizes that differ, so that a swap shows. */
export type NoiseOptions = {
  width?: number;
  height?: number;
  colour?: "rgb" | "grey";
  bitDepth?: 8 | 16;
  alpha?: boolean;
  seed?: number;
};

/** A picture of which every sample is random, so that nothing can be guessed from its neighbours. */
export function noisePicture(options: NoiseOptions = {}): Picture {
  const { width = 37, height = 23, colour = "rgb", bitDepth = 8, alpha = false, seed = 1 } = options;
  const random = randomFrom(seed);
  const plane = (): PicturePlane => {
    const samples = bitDepth === 8 ? new Uint8Array(width * height) : new Uint16Array(width * height);
    return samples.map(() => Math.floor(random() * 2 ** bitDepth));
  };
  const planes = Array.from({ length: colour === "rgb" ? 3 : 1 }, plane);
  return { width, height, colour, bitDepth, planes, ...(alpha && { alpha: plane() }) };
}

/** Size, colour and every sample of a picture or tile in one line, to be compared with another. */
export function digestOf({ width, height, planes, alpha }: PictureTile): string {
  const hash = createHash("sha256");
  for (const plane of alpha ? [...planes, alpha] : planes) {
    hash.update(new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength));
  }
  const bits = planes[0]!.BYTES_PER_ELEMENT * 8;
  const kind = `${planes.length === 1 ? "grey" : "rgb"}${alpha ? " and alpha" : ""}`;
  return `${width} x ${height} ${kind} of ${bits} bits, ${hash.digest("hex").slice(0, 16)}`;
}

/** PNG colour types by name. */
export const pngColours = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgbAlpha: 6 } as const;

/**
 * A PNG written here and not by the library, straight from the specification: no filters, one IDAT.
 *
 * rows    each the bytes of one row, packed
 * chunks  further chunks before the samples
 */
export function pngOf(head: {
  width: number;
  height: number;
  bitDepth: number;
  colour: keyof typeof pngColours;
  rows: number[][];
  chunks?: [name: string, data: Uint8Array][];
}): Uint8Array {
  const { width, height, bitDepth, colour, rows, chunks = [] } = head;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, pngColours[colour], 0, 0, 0], 8);
  const samples = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  const all: [string, Uint8Array][] = [
    ["IHDR", header],
    ...chunks,
    ["IDAT", samples],
    ["IEND", new Uint8Array(0)],
  ];
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Uint8Array(Buffer.concat([signature, ...all.map(([name, data]) => pngChunk(name, data))]));
}

/** One chunk of a PNG. */
export function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(named), 4);
  return new Uint8Array(Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]));
}

/** EXIF with an orientation, a maker's name and a note of bytes that nobody but the maker understands. */
export function exifOf(orientation: number, little = true): Uint8Array {
  const bytes = Buffer.alloc(112);
  const short = (value: number, at: number) =>
    little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  const entry = (at: number, tag: number, type: number, count: number, write: () => void) => {
    short(tag, at);
    short(type, at + 2);
    long(count, at + 4);
    write();
  };
  bytes.write(little ? "II" : "MM", 0, "latin1");
  short(42, 2);
  long(8, 4);
  short(3, 8);
  entry(10, 271, 2, 10, () => long(50, 18));
  entry(22, 274, 3, 1, () => short(orientation, 30));
  entry(34, 34_665, 4, 1, () => long(60, 42));
  bytes.write("Nacre Co.\0", 50, "latin1");
  short(2, 60);
  entry(62, 33_434, 5, 1, () => long(90, 70));
  entry(74, 37_500, 7, 13, () => long(98, 82));
  long(1, 90);
  long(125, 94);
  bytes.write("\x01maker note\xff\x00", 98, "latin1");
  return new Uint8Array(bytes);
}

/** What is not one of a picture's bytes but has to come back with it. */
export const xmpOf = (orientation: number): Uint8Array =>
  new TextEncoder().encode(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
      `<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${orientation}" ` +
      `tiff:Make="Perlmutt ä"/></rdf:RDF></x:xmpmeta>`,
  );
