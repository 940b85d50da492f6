/**
 * The bytes of a NumPy file, version 1.0, little-endian, C order.
 *
 * shape  its product is data.length
 */
export function writeNpy({
  shape,
  data,
}: {
  shape: readonly number[];
  data: Int32Array | Float32Array;
}): Uint8Array {
  const type = data instanceof Int32Array ? "<i4" : "<f4";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The header with its ten bytes of magic, version and length ends at a multiple of 64.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const header = `${text.padEnd(length - 1)}\n`;
  const file = new Uint8Array(10 + length + data.byteLength);
  file.set([0x93, ...ascii("NUMPY"), 1, 0, length & 255, length >> 8]);
  file.set(ascii(header), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return file;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
