/** Integer probability tables and rANS: codes to bytes and back. Start at rans.ts. */
export { decodeSymbols, encodeSymbols, idealBits, type TableAt } from "./rans.js";
export { parseTables, serializeTables } from "./serialize.js";
export { type SymbolTable, symbolTableFromCounts, uniformTable } from "./table.js";
