import { wasm } from "./product.wasm.js";

/**
 * An int8 matrix by rows.
 *
 * depth  values of a row
 * data   [rows * depth]
 */
export type Int8Matrix = { rows: number; depth: number; data: Int8Array };

/**
 * Adds a matrix product: out[row][column] += sum over k of a[row][k] * b[column][k].
 *
 * a    [rows, depth]
 * b    [columns, depth], the same depth
 * out  int32 [rows, columns]; the caller proves that no sum leaves int32
 */
export type AddProduct = (a: Int8Matrix, b: Int8Matrix, out: Int32Array) => void;

/** The plain form, to hold others against. */
export const scalarProduct: AddProduct = (a, b, out) => {
  const { depth } = a;
  for (let row = 0, at = 0; row < a.rows; row++) {
    for (let column = 0; column < b.rows; column++, at++) {
      let sum = out[at]!;
      for (let k = 0; k < depth; k++) sum += a.data[row * depth + k]! * b.data[column * depth + k]!;
      out[at] = sum;
    }
  }
};

const pageSize = 2 ** 16;
/** Rows of `a` that are brought to WebAssembly's memory at a time. */
const blockRows = 64;

/** The kernel of product.wat; nothing where WebAssembly, or SIMD in it, is absent or forbidden. */
export function simdProduct(): AddProduct | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const bytes = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return addProductWith(exports as KernelExports);
  } catch {
    // A security policy may refuse what is valid.
    return undefined;
  }
}

/** The parameters are explained in product.wat. */
type KernelExports = {
  memory: WebAssembly.Memory;
  product(a: number, aEnd: number, b: number, bEnd: number, depth: number, out: number): void;
};

function addProductWith({ memory, product }: KernelExports): AddProduct {
  // Weights are the same object at every call: laid out once, with zeros up to whole vectors.
  let held: Int8Matrix | undefined;
  return (a, b, out) => {
    if (a.rows === 0 || b.rows === 0) return;
    const depth = Math.ceil(a.depth / 16) * 16;
    const columns = Math.ceil(b.rows / 4) * 4;
    const weights = columns * depth;
    const rowsAt = weights;
    const outAt = rowsAt + blockRows * depth;
    reserve(memory, outAt + 4 * blockRows * columns);
    if (held !== b) {
      new Uint8Array(memory.buffer, 0, weights).fill(0);
      lay(memory, 0, b, 0, b.rows, depth);
      held = b;
    }
    for (let first = 0; first < a.rows; first += blockRows) {
      const rows = Math.min(blockRows, a.rows - first);
      lay(memory, rowsAt, a, first, rows, depth);
      const sums = new Int32Array(memory.buffer, outAt, rows * columns);
      for (let row = 0; row < rows; row++) {
        const own = out.subarray((first + row) * b.rows, (first + row + 1) * b.rows);
        sums.set(own, row * columns);
      }
      product(rowsAt, rowsAt + rows * depth, 0, weights, depth, outAt);
      for (let row = 0; row < rows; row++) {
        out.set(sums.subarray(row * columns, row * columns + b.rows), (first + row) * b.rows);
      }
    }
  };
}

function reserve(memory: WebAssembly.Memory, bytes: number): void {
  const lacking = bytes - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / pageSize));
}

function lay(
  memory: WebAssembly.Memory,
  at: number,
  { data, depth }: Int8Matrix,
  first: number,
  rows: number,
  padded: number,
): void {
  const target = new Int8Array(memory.buffer, at, rows * padded);
  for (let row = 0; row < rows; row++) {
    target.set(data.subarray((first + row) * depth, (first + row + 1) * depth), row * padded);
    target.fill(0, row * padded + depth, (row + 1) * padded);
  }
}

let known: AddProduct | undefined;

/** The fastest form that runs here; all give the same sums. */
export function addProduct(a: Int8Matrix, b: Int8Matrix, out: Int32Array): void {
  known ??= simdProduct() ?? scalarProduct;
  known(a, b, out);
}
