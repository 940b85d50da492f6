/** Reads what numpy.save writes of '<i4' and '<f4', to check the writer and the golden files. */
export function readNpy(file: Uint8Array): { shape: number[]; data: Int32Array | Float32Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(file.subarray(10, start));
  const [, kind] = /'descr': '<([if])4'/.exec(header)!;
  const [, sizes] = /'shape': \(([^)]*)\)/.exec(header)!;
  const bytes = new Uint8Array(file.subarray(start)).buffer;
  return {
    shape: sizes!
      .split(",")
      .filter((size) => size.trim() !== "")
      .map(Number),
    data: kind === "i" ? new Int32Array(bytes) : new Float32Array(bytes),
  };
}
