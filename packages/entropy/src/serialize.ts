import { NacreError } from "@nacre/errors";
import { checkAlphabet, PRECISION, prepareTable, type SymbolTable } from "./table.js";

/**
 * Tables as bytes, for a model's folder: the number of tables, then for each its alphabet and every
 * frequency - 1, all as varints (7 bits a byte, lowest first).
 *
 * throws   NacreError "model" for a table that is none
 */
export function serializeTables(tables: readonly SymbolTable[]): Uint8Array {
  const bytes: number[] = [];
  writeVarint(bytes, tables.length);
  for (const table of tables) {
    prepareTable(table);
    writeVarint(bytes, table.frequencies.length);
    for (const frequency of table.frequencies) writeVarint(bytes, frequency - 1);
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads what serializeTables wrote; sizes are compared with the bytes at hand before anything is allocated.
 *
 * throws   NacreError "model" for bytes that are cut, damaged, followed by others, or hold no distribution
 */
export function parseTables(bytes: Uint8Array): SymbolTable[] {
  const cursor = { bytes, at: 0 };
  const count = readVarint(cursor);
  checkRoom(cursor, count, "tables");
  const tables: SymbolTable[] = [];
  for (let index = 0; index < count; index++) tables.push(readTable(cursor));
  if (cursor.at !== bytes.length) throw damaged(`${bytes.length - cursor.at} bytes behind the last table`);
  return tables;
}

type Cursor = { bytes: Uint8Array; at: number };

function readTable(cursor: Cursor): SymbolTable {
  const alphabet = readVarint(cursor);
  checkAlphabet(alphabet);
  checkRoom(cursor, alphabet, "frequencies");
  const frequencies = new Uint32Array(alphabet);
  for (let symbol = 0; symbol < alphabet; symbol++) frequencies[symbol] = readVarint(cursor) + 1;
  const table: SymbolTable = { precision: PRECISION, frequencies };
  prepareTable(table);
  return table;
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw damaged("tables that end too early");
    value += (byte & 127) << shift;
    if (byte < 128) return byte === 0 && shift > 0 ? refuseLongForm() : value;
  }
  throw damaged("a number of more than 28 bits");
}

// Two spellings of one table would give one model two hashes.
function refuseLongForm(): never {
  throw damaged("a number with idle leading bytes");
}

function checkRoom({ bytes, at }: Cursor, count: number, what: string): void {
  // Each takes at least one byte.
  if (count > bytes.length - at) throw damaged(`${count} ${what} announced in ${bytes.length - at} bytes`);
}

function damaged(found: string): NacreError {
  return new NacreError("model", {
    found,
    expected: "tables as serializeTables writes them",
    mend: "install the model again",
  });
}
