import type { PictureBytes } from "./picture-bytes.js";
import { brands, type PictureFormat } from "./picture-format.js";
import { exifOfTiff } from "./tiff-exif.js";
import { readDirectory, tiffHead, tiffTag } from "./tiff-tags.js";

/**
 * What a file says that the picture library does not tell.
 *
 * size          width and height, where the file's first bytes have them
 * animated      the file holds more than one frame
 * tellsDensity  the file has a density of its own; the library answers 72 for those that have none
 * exif          what a TIFF has in tags of its own; the library reads EXIF from all others
 * warnings      colour tags beside an ICC profile, which get lost
 */
export type PictureMarks = {
  size?: [width: number, height: number];
  animated: boolean;
  tellsDensity: boolean;
  exif?: Uint8Array;
  warnings: string[];
};

const nothing: PictureMarks = {
  animated: false,
  tellsDensity: false,
  warnings: [],
};

/** Reads the marks of a file; never throws for what the file holds, the library will refuse it. */
export async function readMarks(source: PictureBytes, format: PictureFormat): Promise<PictureMarks> {
  return readers[format](source);
}

const readers: Readonly<Record<PictureFormat, (source: PictureBytes) => Promise<PictureMarks>>> = {
  png: pngMarks,
  jpeg: jpegMarks,
  webp: async () => nothing,
  avif: avifMarks,
  tiff: tiffMarks,
  gif: gifMarks,
};

/** A file of only small chunks would otherwise be walked for minutes. */
const mostChunks = 4096;
const mostWalked = 1 << 17;

async function pngMarks(source: PictureBytes): Promise<PictureMarks> {
  const chunks = new Map<string, Uint8Array>();
  let count = 0;
  for await (const { name, at, length } of pngChunks(source)) {
    if (name === "IDAT" || ++count > mostChunks) break;
    chunks.set(name, await source.read(at, Math.min(length, 16)));
  }
  const head = viewOf(chunks.get("IHDR"));
  const frames = viewOf(chunks.get("acTL"));
  const density = chunks.get("pHYs");
  return {
    ...(head.byteLength >= 8 && { size: [head.getUint32(0), head.getUint32(4)] }),
    animated: frames.byteLength >= 4 && frames.getUint32(0) > 1,
    tellsDensity: density?.[8] === 1,
    warnings: pngColourWarnings(chunks),
  };
}

type PngChunk = { name: string; at: number; length: number };

/** The chunks of a PNG in order; stops at what is no chunk or lies past the end of the file. */
async function* pngChunks(source: PictureBytes): AsyncGenerator<PngChunk, void, undefined> {
  for (let at = 8; ; ) {
    const head = Buffer.from(await source.read(at, 8));
    if (head.length < 8) return;
    const chunk = { name: head.toString("latin1", 4), at: at + 8, length: head.readUInt32BE(0) };
    yield chunk;
    at = chunk.at + chunk.length + 4;
  }
}

function pngColourWarnings(chunks: Map<string, Uint8Array>): string[] {
  const gamma = viewOf(chunks.get("gAMA"));
  const [primaries, transfer] = chunks.get("cICP") ?? [];
  if (primaries !== undefined) return colourTagWarnings(primaries, transfer!);
  if (chunks.has("iCCP") || chunks.has("sRGB") || gamma.byteLength < 4) return [];
  const value = gamma.getUint32(0) / 100_000;
  // 1 / 2.2 is what files say that mean sRGB.
  if (Math.abs(value - 1 / 2.2) < 0.01) return [];
  return [`the PNG's gamma of ${value} is not kept; its samples are taken as they are`];
}

async function jpegMarks(source: PictureBytes): Promise<PictureMarks> {
  const start = await source.read(0, 18);
  const isJfif = Buffer.from(start).toString("latin1", 6, 10) === "JFIF";
  return { ...nothing, tellsDensity: isJfif && (start[13] === 1 || start[13] === 2) };
}

async function gifMarks(source: PictureBytes): Promise<PictureMarks> {
  const screen = viewOf(await source.read(6, 4));
  if (screen.byteLength < 4) return nothing;
  return { ...nothing, size: [screen.getUint16(0, true), screen.getUint16(2, true)] };
}

/** The item properties of an AVIF lie near its start. */
const avifHead = 1 << 16;

async function avifMarks(source: PictureBytes): Promise<PictureMarks> {
  const start = await source.read(0, avifHead);
  const [primaries, transfer] = nclx(start) ?? [1, 13];
  const warnings = colourTagWarnings(primaries, transfer);
  return { ...nothing, animated: brands(start)[0] === "avis", warnings };
}

/** Colour primaries and transfer of the first `colr` box of type `nclx` (ISO/IEC 14496-12, 12.1.5). */
function nclx(start: Uint8Array): [primaries: number, transfer: number] | undefined {
  const at = Buffer.from(start.buffer, start.byteOffset, start.length).indexOf("colrnclx", 0, "latin1");
  const view = viewOf(start);
  return at < 0 || at + 12 > start.length ? undefined : [view.getUint16(at + 8), view.getUint16(at + 10)];
}

/** Code points of ITU-T H.273 that mean what a picture without a profile means, or nothing at all. */
const plainPrimaries = [1, 2];
const plainTransfers = [1, 2, 6, 13, 14, 15];

function colourTagWarnings(primaries: number, transfer: number): string[] {
  if (plainPrimaries.includes(primaries) && plainTransfers.includes(transfer)) return [];
  return [
    `its colour tag (H.273 primaries ${primaries}, transfer ${transfer}) is not kept; samples are taken as they are`,
  ];
}

async function tiffMarks(source: PictureBytes): Promise<PictureMarks> {
  const head = tiffHead(await source.read(0, 8));
  if (!head) return { ...nothing, tellsDensity: true };
  const tags = await readDirectory(source.read, head, head.first, (tag) => tag === tiffTag.xResolution);
  const exif = await exifOfTiff(source.read);
  return {
    ...nothing,
    ...(exif && { exif }),
    tellsDensity: tags.length > 0,
  };
}

/** True where a container's own sizes prove that its end is missing. */
export async function isCutShort(source: PictureBytes, format: PictureFormat): Promise<boolean> {
  if (format === "webp") return 8 + viewOf(await source.read(4, 4)).getUint32(0, true) > source.size;
  if (format !== "png") return false;
  let count = 0;
  for await (const { name, at, length } of pngChunks(source)) {
    if (at + length + 4 > source.size) return true;
    if (name === "IEND" || ++count > mostWalked) return false;
  }
  return true;
}

function viewOf(bytes: Uint8Array = new Uint8Array(0)): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
