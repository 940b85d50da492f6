import {
  firstNumber,
  numberAt,
  type ReadAt,
  readDirectory,
  swapped,
  type TiffHead,
  type TiffTag,
  tiffHead,
  tiffTag,
  writeDirectory,
} from "./tiff-tags.js";

/**
 * The tags of the first directory that describe a picture and not the way it is stored; the five from 40091
 * are Windows' title, comment, author, keywords and subject.
 */
const descriptive: readonly number[] = [
  tiffTag.description,
  tiffTag.make,
  tiffTag.model,
  tiffTag.software,
  tiffTag.dateTime,
  tiffTag.artist,
  tiffTag.copyright,
  40_091,
  40_092,
  40_093,
  40_094,
  40_095,
];

/** EXIF as three lists of tags; pointers between them are left out. */
type ExifTags = { first: TiffTag[]; exif: TiffTag[]; gps: TiffTag[] };

/** What a TIFF file says of its picture, as EXIF; undefined where it says nothing. Source: Exif 2.32, 4.5. */
export async function exifOfTiff(read: ReadAt): Promise<Uint8Array | undefined> {
  const head = tiffHead(await read(0, 8));
  if (!head) return undefined;
  const tags = await readExif(read, head);
  if (tags.first.length + tags.exif.length + tags.gps.length === 0) return undefined;
  const start = 8;
  const { bytes, first } = laidOut(tags, [], start, head.little);
  const structure = new Uint8Array(start + bytes.length);
  const view = new DataView(structure.buffer);
  view.setUint16(0, head.little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, head.little);
  view.setUint32(4, first, head.little);
  structure.set(bytes, start);
  return structure;
}

/**
 * The bytes that give a TIFF file the tags of some EXIF: a first directory in place of its own, to be put
 * behind its end.
 *
 * size   of the file
 * first  where the new first directory will lie
 */
export async function exifForTiff(
  read: ReadAt,
  size: number,
  exif: Uint8Array,
): Promise<{ bytes: Uint8Array; first: number; little: boolean } | undefined> {
  const [head, other] = [tiffHead(await read(0, 8)), tiffHead(exif)];
  if (!head || !other) return undefined;
  const tags = await readExif(async (at, length) => exif.subarray(at, at + length), other);
  const turn = (list: TiffTag[]) => (head.little === other.little ? list : list.map(swapped));
  const count = numberAt(await read(head.first, 2), 0, 2, head.little);
  const entries = await read(head.first + 2, 12 * count);
  const own = Array.from({ length: count }, (_, each) => entries.slice(12 * each, 12 * each + 12));
  const padding = size % 2;
  const turned = { first: turn(tags.first), exif: turn(tags.exif), gps: turn(tags.gps) };
  const { bytes, first } = laidOut(turned, own, size + padding, head.little);
  return { bytes: Buffer.concat([new Uint8Array(padding), bytes]), first, little: head.little };
}

async function readExif(read: ReadAt, head: TiffHead): Promise<ExifTags> {
  const pointers: number[] = [tiffTag.exif, tiffTag.gps];
  const first = await readDirectory(
    read,
    head,
    head.first,
    (tag) => descriptive.includes(tag) || pointers.includes(tag),
  );
  const below = async (pointer: number) => {
    const at = firstNumber(first, pointer, head.little);
    const tags = at === undefined ? [] : await readDirectory(read, head, at);
    return tags.filter(({ tag }) => tag !== tiffTag.interoperability);
  };
  return {
    first: first.filter(({ tag }) => !pointers.includes(tag)),
    exif: await below(tiffTag.exif),
    gps: await below(tiffTag.gps),
  };
}

/** The directories one after another from the place `start`, the first directory last. */
function laidOut(
  { first, exif, gps }: ExifTags,
  own: Uint8Array[],
  start: number,
  little: boolean,
): { bytes: Uint8Array; first: number } {
  const parts: Uint8Array[] = [];
  let at = start;
  const place = (tags: TiffTag[], entries: Uint8Array[] = []) => {
    const bytes = writeDirectory(tags, entries, at, little);
    const placed = at;
    parts.push(bytes);
    at += bytes.length;
    return placed;
  };
  const pointers: TiffTag[] = [];
  if (exif.length > 0) pointers.push(pointerTag(tiffTag.exif, place(exif), little));
  if (gps.length > 0) pointers.push(pointerTag(tiffTag.gps, place(gps), little));
  const placed = place([...first, ...pointers], own);
  return { bytes: Buffer.concat(parts), first: placed };
}

function pointerTag(tag: number, at: number, little: boolean): TiffTag {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, at, little);
  return { tag, type: 4, count: 1, value };
}
