import { NacreError } from "@nacre/errors";
import { PRECISION, type PreparedTable, prepareTable, type SymbolTable, symbolAt } from "./table.js";

/**
 * The table of one position, for context models.
 *
 * position   0-based place in the sequence
 * known      the sequence, of which entries below `position` are filled in and the rest is zero
 *
 * Called once per position in ascending order, by the encoder as by the decoder, so a model may keep state.
 */
export type TableAt = (position: number, known: Int32Array) => SymbolTable;

const WHOLE = 2 ** PRECISION;
const MASK = WHOLE - 1;
// While bytes remain the state is in [2^24, 2^32): a uint32, one byte at a time.
const LOWEST = 2 ** 24;
// The encoder's first state. 0 would be a trap: a cut stream decays to it and would look complete.
const SEED = 1;
const MOST_SYMBOLS = 2 ** 26;

/**
 * Codes symbols with rANS (Duda 2013, arXiv 1311.2540; byte renormalisation after Giesen 2014, arXiv 1402.3392).
 *
 * symbols   each 0 .. alphabet-1 of its table
 * table     one table for all, or one per position
 * returns   the state (big endian, no leading zeros, nothing at all for the state 1), then the renormalisation
 *           bytes in the order in which the decoder takes them
 * throws    NacreError "shape" for a symbol outside its table, "model" for a table that is none
 *
 * The encoder starts from the state 1 instead of 2^24, so the three bytes that rANS usually wastes are not
 * written: the cost is the ideal one plus about one byte.
 */
export function encodeSymbols(symbols: Int32Array, table: SymbolTable | TableAt): Uint8Array {
  return encodeIntervals(intervals(symbols, table));
}

/**
 * Codes symbols, each with one of several tables.
 *
 * choice   [symbols], number of each symbol's table
 * returns  bytes for `openSymbols`; those of encodeSymbols with the same tables
 * throws   as encodeSymbols; "shape" when there is not one choice per symbol
 */
export function encodeChosen(
  symbols: Int32Array,
  tables: readonly SymbolTable[],
  choice: Uint8Array,
): Uint8Array {
  return encodeIntervals(chosenIntervals(symbols, tables, choice));
}

function encodeIntervals({ starts, frequencies }: Intervals): Uint8Array {
  // A symbol has at least 1 part of 65536, so it costs at most two bytes.
  const bytes = new Uint8Array(2 * starts.length + 4);
  let at = bytes.length;
  let state = SEED;
  for (let position = starts.length - 1; position >= 0; position--) {
    const frequency = frequencies[position]!;
    while (state >>> PRECISION >= frequency) {
      bytes[--at] = state & 0xff;
      state >>>= 8;
    }
    // Exact: 32 bits by 16 leave a double enough digits. The remainder operator takes ten times as long.
    const quotient = (state / frequency) >>> 0;
    const rest = state - Math.imul(quotient, frequency);
    state = ((quotient << PRECISION) + starts[position]! + rest) >>> 0;
  }
  if (state === SEED && at === bytes.length) return new Uint8Array(0);
  for (; state > 0; state = Math.floor(state / 256)) bytes[--at] = state & 0xff;
  return bytes.slice(at);
}

/**
 * Decodes what encodeSymbols wrote.
 *
 * bytes     the whole of what encodeSymbols returned, nothing behind it
 * count     how many symbols, 0 .. 2^26
 * table     the encoder's table or tables
 * returns   [count] symbols
 * throws    NacreError "bitstream" when the bytes do not end where the symbols do
 *
 * A coder without waste has little redundancy: most damage is seen here, not all of it. The container's checks
 * are what proves bytes sound.
 */
export function decodeSymbols(bytes: Uint8Array, count: number, table: SymbolTable | TableAt): Int32Array {
  checkCount(count);
  const symbols = new Int32Array(count);
  const same = typeof table === "function" ? undefined : prepareTable(table);
  const coder = openCoder(bytes);
  for (let position = 0; position < count; position++) {
    const model = same ?? prepareTable((table as TableAt)(position, symbols));
    symbols[position] = nextSymbol(coder, model);
  }
  checkEnd(coder);
  return symbols;
}

/**
 * What is decoded of a sequence piece by piece, for tables that depend on pieces before.
 *
 * read  the next symbols, one for each choice of a table
 * end   throws NacreError "bitstream" when the bytes do not end here
 */
export type SymbolReader = {
  read(tables: readonly SymbolTable[], choice: Uint8Array): Int32Array;
  end(): void;
};

/** Opens what encodeChosen wrote. throws NacreError "bitstream" for bytes that it cannot have written */
export function openSymbols(bytes: Uint8Array): SymbolReader {
  const coder = openCoder(bytes);
  return {
    read(tables, choice) {
      checkCount(choice.length);
      const models = tables.map(prepareTable);
      const symbols = new Int32Array(choice.length);
      // A loop takes a fifth of the time of Int32Array.from.
      for (let at = 0; at < choice.length; at++) symbols[at] = nextSymbol(coder, models[choice[at]!]!);
      return symbols;
    },
    end: () => checkEnd(coder),
  };
}

type Coder = { bytes: Uint8Array; state: number; at: number };

function nextSymbol(coder: Coder, model: PreparedTable): number {
  const slot = coder.state & MASK;
  const symbol = symbolAt(model, slot);
  const start = model.starts[symbol]!;
  let state = (model.starts[symbol + 1]! - start) * (coder.state >>> PRECISION) + slot - start;
  // Without bytes left the state may be small: that is the encoder's beginning.
  while (state < LOWEST && coder.at < coder.bytes.length) state = state * 256 + coder.bytes[coder.at++]!;
  coder.state = state;
  return symbol;
}

function checkEnd({ bytes, state, at }: Coder): void {
  if (state === SEED && at === bytes.length) return;
  throw damaged(`the coder ends at state ${state} with ${bytes.length - at} bytes left`);
}

/**
 * What the symbols cost by their tables: the sum of -log2(frequency / 65536).
 *
 * returns   bits (a float: for reports, never for decisions about bytes)
 * throws    as encodeSymbols
 */
export function idealBits(symbols: Int32Array, table: SymbolTable | TableAt): number {
  return bitsOf(intervals(symbols, table));
}

/** What the symbols cost with one of several tables each; bits. throws as encodeChosen */
export function idealBitsChosen(
  symbols: Int32Array,
  tables: readonly SymbolTable[],
  choice: Uint8Array,
): number {
  return bitsOf(chosenIntervals(symbols, tables, choice));
}

function bitsOf({ frequencies }: Intervals): number {
  let bits = 0;
  for (const frequency of frequencies) bits += PRECISION - Math.log2(frequency);
  return bits;
}

type Intervals = { starts: Uint32Array; frequencies: Uint32Array };

function intervals(symbols: Int32Array, table: SymbolTable | TableAt): Intervals {
  const starts = new Uint32Array(symbols.length);
  const frequencies = new Uint32Array(symbols.length);
  const same = typeof table === "function" ? undefined : prepareTable(table);
  // A copy that fills up as the decoder's does: a model that looks ahead sees zeros on both sides.
  const known = same ? symbols : new Int32Array(symbols.length);
  for (let position = 0; position < symbols.length; position++) {
    const model = same ?? prepareTable((table as TableAt)(position, known));
    const symbol = symbols[position]!;
    checkSymbol(symbol, position, model);
    starts[position] = model.starts[symbol]!;
    frequencies[position] = model.starts[symbol + 1]! - model.starts[symbol]!;
    known[position] = symbol;
  }
  return { starts, frequencies };
}

function chosenIntervals(symbols: Int32Array, tables: readonly SymbolTable[], choice: Uint8Array): Intervals {
  if (choice.length !== symbols.length) {
    throw new NacreError("shape", {
      found: `${choice.length} choices of a table`,
      expected: `one for each of ${symbols.length} symbols`,
    });
  }
  const models = tables.map(prepareTable);
  const starts = new Uint32Array(symbols.length);
  const frequencies = new Uint32Array(symbols.length);
  for (let position = 0; position < symbols.length; position++) {
    const model = models[choice[position]!];
    if (!model) throw noTable(choice[position]!, tables.length);
    const symbol = symbols[position]!;
    checkSymbol(symbol, position, model);
    starts[position] = model.starts[symbol]!;
    frequencies[position] = model.starts[symbol + 1]! - model.starts[symbol]!;
  }
  return { starts, frequencies };
}

function noTable(chosen: number, count: number): NacreError {
  return new NacreError("shape", { found: `table ${chosen}`, expected: `0 to ${count - 1}` });
}

function openCoder(bytes: Uint8Array): Coder {
  return { bytes, ...openState(bytes) };
}

function openState(bytes: Uint8Array): { state: number; at: number } {
  if (bytes.length === 0) return { state: SEED, at: 0 };
  const at = Math.min(4, bytes.length);
  let state = 0;
  for (const byte of bytes.subarray(0, at)) state = state * 256 + byte;
  // One meaning, one spelling: the state has no leading zeros, and the bare state 1 is written as nothing.
  if (bytes[0] === 0 || (bytes.length === 1 && state === SEED))
    throw damaged(`coded symbols begin with byte ${bytes[0]}`);
  return { state, at };
}

function checkSymbol(symbol: number, position: number, { starts }: PreparedTable): void {
  if (symbol >= 0 && symbol < starts.length - 1) return;
  throw new NacreError("shape", {
    found: `symbol ${symbol} at position ${position}`,
    expected: `0 to ${starts.length - 2}, the alphabet of its table`,
  });
}

function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= MOST_SYMBOLS) return;
  throw new NacreError("bitstream", {
    found: `${count} symbols to decode at once`,
    expected: `0 to ${MOST_SYMBOLS}`,
  });
}

function damaged(found: string): NacreError {
  return new NacreError("bitstream", {
    found,
    expected: "symbols that end where their bytes do",
    mend: "the file is damaged or its tables are of another model",
  });
}
