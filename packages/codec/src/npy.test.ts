import { expect, test } from "vitest";
import { readNpy } from "../test/npy.js";
import { writeNpy } from "./index.js";

test("the bytes are those of numpy.save of np.arange(3, dtype='<i4')", () => {
  const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }";
  const expected = `\x93NUMPY\x01\x00v\x00${header.padEnd(117)}\n\0\0\0\0\x01\0\0\0\x02\0\0\0`;
  expect(Buffer.from(writeNpy({ shape: [3], data: Int32Array.of(0, 1, 2) })).toString("latin1")).toBe(
    expected,
  );
});

test.each([[[]], [[1]], [[0, 3]], [[2, 3]], [[2, 1, 3, 4]]])("an array of shape %j comes back", (shape) => {
  const count = shape.reduce((product: number, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, i) => i / 3 - 1);
  const file = writeNpy({ shape, data });
  expect(readNpy(file)).toEqual({ shape, data });
  // Readers map the data into memory: it begins at a multiple of 64.
  expect((file.length - data.byteLength) % 64).toBe(0);
});

test("a part of a larger array is written alone", () => {
  const data = Int32Array.from({ length: 10 }, (_, i) => i).subarray(3, 7);
  expect(readNpy(writeNpy({ shape: [2, 2], data }))).toEqual({
    shape: [2, 2],
    data: Int32Array.of(3, 4, 5, 6),
  });
});
