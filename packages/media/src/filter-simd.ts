import { assert } from "@nacre/errors";
import type { BlockFilter } from "./filter.js";
import { wasm } from "./filter.wasm.js";
import { type Kernel, mostHeldTaps } from "./kernel.js";

// The memory: one window of input and one block of output, in samples, then the tables of taps, in bytes.
const inputSize = 2 ** 16;
const outputSize = 2 ** 12;
const outputAt = 4 * inputSize;
const tablesAt = outputAt + 4 * outputSize;
// Room for two tables of the largest size, 32 MiB; when the next does not fit, all are let go.
const tablesEnd = tablesAt + 2 * 4 * mostHeldTaps;
// A window of more taps would leave no room for a block behind it.
const mostTaps = inputSize / 2;
const pageSize = 2 ** 16;

/** The parameters are explained in filter.wat. */
type FilterFunction = (
  samples: number,
  out: number,
  outEnd: number,
  row: number,
  rowBytes: number,
  tableEnd: number,
  tableBytes: number,
  rowStep: number,
  sampleStep: number,
) => void;

/** The taps of a ratio in memory, one row per phase; a row is computed when it is first needed. */
type Table = { address: number; known: Uint8Array; missing: number };

/**
 * The one instance of the WebAssembly filter. All resamplers share its memory, which is of use only
 * during a call, and its tables, so that many short sounds compute their taps once.
 */
export type Simd = {
  memory: WebAssembly.Memory;
  filter: FilterFunction;
  tables: Map<string, Table>;
  end: number;
};

/** Makes the instance, or nothing where WebAssembly, or SIMD in it, is absent or forbidden. */
export function loadSimd(): Simd | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const bytes = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const { memory, filter } = exports as { memory: WebAssembly.Memory; filter: FilterFunction };
    return { memory, filter, tables: new Map(), end: tablesAt };
  } catch {
    // A security policy may refuse what is valid.
    return undefined;
  }
}

/** The filter in single precision, four taps at a time; nothing when the ratio's table or window does not fit. */
export function simdFilter(simd: Simd, kernel: Kernel, up: number, down: number): BlockFilter | undefined {
  const taps = 2 * kernel.halfTaps;
  if (taps > mostTaps || up * taps > mostHeldTaps) return undefined;
  const most = Math.min(outputSize, Math.floor(((inputSize - taps) * up) / down));
  return {
    halfTaps: kernel.halfTaps,
    run(inputs, from, phase, outputs) {
      const total = outputs[0]?.length ?? 0;
      for (let done = 0; done < total; done += most) {
        const count = Math.min(most, total - done);
        const table = prepare(simd, kernel, up, down, phase, count);
        const call = callFor(table, taps, up, down, phase, count);
        for (const [channel, input] of inputs.entries()) {
          runBlock(simd, call, input, from, outputs[channel]!, done);
        }
        from += Math.floor((phase + count * down) / up);
        phase = (phase + count * down) % up;
      }
    },
  };
}

/** What one block needs, alike for all channels: input samples read, output samples, the rest as in filter.wat. */
type Call = {
  window: number;
  count: number;
  steps: [number, number, number, number, number, number];
};

function callFor(table: Table, taps: number, up: number, down: number, phase: number, count: number): Call {
  const rowBytes = 4 * taps;
  const tableBytes = up * rowBytes;
  const { address } = table;
  return {
    window: Math.floor((phase + (count - 1) * down) / up) + taps,
    count,
    steps: [
      address + phase * rowBytes,
      rowBytes,
      address + tableBytes,
      tableBytes,
      (down % up) * rowBytes,
      4 * Math.floor(down / up),
    ],
  };
}

function runBlock(
  { memory, filter }: Simd,
  { window, count, steps }: Call,
  input: Float32Array,
  from: number,
  output: Float32Array,
  at: number,
): void {
  assert(from >= 0 && from + window <= input.length, "the input of a block is there");
  new Float32Array(memory.buffer, 0, window).set(input.subarray(from, from + window));
  filter(0, outputAt, outputAt + 4 * count, ...steps);
  output.set(new Float32Array(memory.buffer, outputAt, count), at);
}

/** The table of a ratio, with the rows of the next `count` outputs in it. */
function prepare(simd: Simd, kernel: Kernel, up: number, down: number, phase: number, count: number): Table {
  const table = tableOf(simd, `${up}/${down}`, up, 2 * kernel.halfTaps);
  const rows = table.missing === 0 ? 0 : Math.min(count, up);
  for (let row = 0; row < rows; row++) {
    if (!table.known[phase]) {
      const taps = kernel.taps(phase);
      new Float32Array(simd.memory.buffer, table.address + 4 * taps.length * phase, taps.length).set(taps);
      table.known[phase] = 1;
      table.missing--;
    }
    phase = (phase + down) % up;
  }
  return table;
}

function tableOf(simd: Simd, ratio: string, up: number, taps: number): Table {
  const known = simd.tables.get(ratio);
  if (known) return known;
  const size = 4 * up * taps;
  if (simd.end + size > tablesEnd) {
    simd.tables.clear();
    simd.end = tablesAt;
  }
  const table: Table = { address: simd.end, known: new Uint8Array(up), missing: up };
  const lacking = simd.end + size - simd.memory.buffer.byteLength;
  if (lacking > 0) simd.memory.grow(Math.ceil(lacking / pageSize));
  simd.end += size;
  simd.tables.set(ratio, table);
  return table;
}
