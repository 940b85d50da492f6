/** TIFF directories: the frame of a TIFF file and of EXIF. Source: TIFF 6.0 (Adobe, 1992), section 2. */

/** Up to `length` bytes from `at`; fewer only at the end. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

/**
 * One tag of a directory.
 *
 * type   TIFF field type, 1 .. 13
 * count  values
 * value  their bytes, in the byte order of the file
 */
export type TiffTag = { tag: number; type: number; count: number; value: Uint8Array };

/** A TIFF structure's byte order and where its first directory starts. */
export type TiffHead = { little: boolean; first: number };

/** Bytes of one value by field type; 0 for types that are not known. */
const valueBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Directories have dozens of tags; more is a hostile file. */
const mostTags = 1024;
/** A maker's note with a preview has some hundred kilobytes. */
const mostBytes = 1 << 24;

/** The tags that are used here. */
export const tiffTag = {
  description: 270,
  make: 271,
  model: 272,
  orientation: 274,
  xResolution: 282,
  software: 305,
  dateTime: 306,
  artist: 315,
  copyright: 33_432,
  exif: 34_665,
  gps: 34_853,
  interoperability: 40_965,
} as const;

/** The head of a TIFF structure; undefined when there is none (BigTIFF is another one). */
export function tiffHead(bytes: Uint8Array): TiffHead | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;
  return { little, first: view.getUint32(4, little) };
}

/** The tags of the directory at `at` that `wanted` names; those whose bytes are not there are left out. */
export async function readDirectory(
  read: ReadAt,
  { little }: TiffHead,
  at: number,
  wanted: (tag: number) => boolean = () => true,
): Promise<TiffTag[]> {
  const start = await read(at, 2);
  if (start.length < 2) return [];
  const count = Math.min(numberAt(start, 0, 2, little), mostTags);
  const entries = await read(at + 2, 12 * count);
  const tags: TiffTag[] = [];
  for (let each = 0; each + 12 <= entries.length; each += 12) {
    const tag = numberAt(entries, each, 2, little);
    const found = wanted(tag) ? await readTag(read, little, entries.subarray(each, each + 12)) : undefined;
    if (found) tags.push(found);
  }
  return tags;
}

async function readTag(read: ReadAt, little: boolean, entry: Uint8Array): Promise<TiffTag | undefined> {
  const type = numberAt(entry, 2, 2, little);
  const count = numberAt(entry, 4, 4, little);
  const length = count * (valueBytes[type] ?? 0);
  if (length === 0 || length > mostBytes) return undefined;
  const value = new Uint8Array(
    length <= 4 ? entry.subarray(8, 8 + length) : await read(numberAt(entry, 8, 4, little), length),
  );
  return value.length === length ? { tag: numberAt(entry, 0, 2, little), type, count, value } : undefined;
}

/** The first value of a tag of whole numbers; undefined where the tag is absent or of another type. */
export function firstNumber(tags: TiffTag[], wanted: number, little: boolean): number | undefined {
  const found = tags.find(({ tag }) => tag === wanted);
  if (!found || ![3, 4].includes(found.type)) return undefined;
  return numberAt(found.value, 0, found.type === 3 ? 2 : 4, little);
}

/** Where the value of a tag of the first directory lies in a whole TIFF structure in memory. */
export function placeOfTag(bytes: Uint8Array, wanted: number): { at: number; little: boolean } | undefined {
  const head = tiffHead(bytes);
  if (!head || head.first + 2 > bytes.length) return undefined;
  const count = numberAt(bytes, head.first, 2, head.little);
  for (let each = 0, at = head.first + 2; each < count && at + 12 <= bytes.length; each++, at += 12) {
    if (numberAt(bytes, at, 2, head.little) === wanted) return { at: at + 8, little: head.little };
  }
  return undefined;
}

/** The same values in the other byte order. */
export function swapped({ tag, type, count, value }: TiffTag): TiffTag {
  const word = type === 5 || type === 10 ? 4 : (valueBytes[type] ?? 1);
  const turned = new Uint8Array(value);
  for (let at = 0; at < turned.length; at += word) turned.subarray(at, at + word).reverse();
  return { tag, type, count, value: turned };
}

/** An unsigned number of 2 or 4 bytes. */
export function numberAt(bytes: Uint8Array, at: number, length: 2 | 4, little: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return length === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
}

/**
 * A directory and the values that do not fit in it, to lie at `at`; its length is even.
 *
 * entries  of 12 bytes that are taken over as they are, unless a tag replaces them
 */
export function writeDirectory(
  tags: TiffTag[],
  entries: Uint8Array[],
  at: number,
  little: boolean,
): Uint8Array {
  const replaced = new Set(tags.map(({ tag }) => tag));
  const kept = entries.filter((entry) => !replaced.has(numberAt(entry, 0, 2, little)));
  const count = tags.length + kept.length;
  const values: Uint8Array[] = [];
  let next = at + 2 + 12 * count + 4;
  const written = tags.map(({ tag, type, count, value }) => {
    const entry = new Uint8Array(12);
    const view = new DataView(entry.buffer);
    view.setUint16(0, tag, little);
    view.setUint16(2, type, little);
    view.setUint32(4, count, little);
    if (value.length <= 4) entry.set(value, 8);
    else {
      view.setUint32(8, next, little);
      values.push(value, new Uint8Array(value.length % 2));
      next += value.length + (value.length % 2);
    }
    return entry;
  });
  const head = new Uint8Array(2);
  new DataView(head.buffer).setUint16(0, count, little);
  const sorted = [...kept, ...written].sort(
    (one, other) => numberAt(one, 0, 2, little) - numberAt(other, 0, 2, little),
  );
  return Buffer.concat([head, ...sorted, new Uint8Array(4), ...values]);
}
