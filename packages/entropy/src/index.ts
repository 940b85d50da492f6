/** Integer probability tables and rANS: codes to bytes and back. Start at rans.ts. */
export { magnitudeFeature, mostFeature } from "./context/features.js";
export {
  type CodeGrid,
  type ContextLayer,
  type ContextSource,
  checkContext,
  halvesOf,
  type LinearContext,
  openTileContext,
  type TileContext,
} from "./context/linear-context.js";
export {
  type AddProduct,
  addProduct,
  type Int8Matrix,
  scalarProduct,
  simdProduct,
} from "./context/product.js";
export {
  decodeSymbols,
  encodeChosen,
  encodeSymbols,
  idealBits,
  idealBitsChosen,
  openSymbols,
  type SymbolReader,
  type TableAt,
} from "./rans.js";
export { parseTables, serializeTables } from "./serialize.js";
export { type SymbolTable, symbolTableFromCounts, uniformTable } from "./table.js";
