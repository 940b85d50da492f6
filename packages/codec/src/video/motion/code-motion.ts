import { encodeSymbols, openSymbols, type SymbolTable, uniformTable } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import { type AdaptiveTable, adaptiveTable } from "./adaptive-tables.js";
import {
  type BlockPlace,
  blockSize,
  type FramePlanes,
  layVector,
  type MotionField,
  mostVector,
  predictedVector,
  smallBlocks,
  stillField,
  type Vector,
  vectorAt,
} from "./motion-field.js";
import { bitLength } from "./vector-bits.js";

/** What a block is: moved as its neighbours say, otherwise, or split into four. */
const mode = { predicted: 0, other: 1, split: 2 } as const;

/**
 * Bytes of a field: for each large block whether it moves as predicted, otherwise or in four parts, and for vectors the
 * length in binary digits, the sign and the digits of what they differ from the median of their neighbours. Tables begin
 * anew with every frame and learn while they are used, so that none are stored and a frame stands for itself.
 *
 * field  vectors alike within a large block stand for one that is not split
 */
export function encodeMotion(field: MotionField): Uint8Array {
  const symbols: number[] = [];
  const tables: SymbolTable[] = [];
  const coded = stillField(sizeOf(field));
  const pass: Pass = (table, value) => {
    const symbol = value!();
    symbols.push(symbol);
    tables.push(table);
    return symbol;
  };
  codeField(coded, pass, field);
  return encodeSymbols(Int32Array.from(symbols), (position) => tables[position]!);
}

/**
 * The field that encodeMotion wrote, of a frame of so many pixels.
 *
 * throws NacreError "bitstream" for bytes that are no field of this size
 */
export function decodeMotion(bytes: Uint8Array, size: Pick<FramePlanes, "width" | "height">): MotionField {
  const reader = openSymbols(bytes);
  const one = new Uint8Array(1);
  const field = stillField(size);
  codeField(field, (table) => reader.read([table], one)[0]!);
  reader.end();
  return field;
}

/** Codes a symbol: an encoder's asks for its value and keeps it, a decoder's reads it. */
type Pass = (table: SymbolTable, value?: () => number) => number;

/** One walk for both sides: `field` fills up; `wanted` is what an encoder has. */
function codeField(field: MotionField, pass: Pass, wanted?: MotionField): void {
  const models = openModels();
  for (let row = 0; row < field.rows; row += 2) {
    for (let column = 0; column < field.columns; column += 2) {
      codeLarge(field, { row, column, span: 2 }, models, pass, wanted);
    }
  }
}

type Models = {
  large: AdaptiveTable[];
  small: AdaptiveTable[];
  lengths: AdaptiveTable[];
  modes: Map<string, number>;
};

/** Digits that a difference of two vectors may have. */
const mostLength = bitLength(2 * mostVector);
const fair = uniformTable(2);

function openModels(): Models {
  const falling = Array.from({ length: mostLength + 1 }, (_, length) =>
    Math.max(1, 48 >> Math.abs(length - 2)),
  );
  return {
    large: [adaptiveTable([64, 64, 24]), adaptiveTable([160, 32, 8]), adaptiveTable([400, 16, 4])],
    small: [adaptiveTable([64, 96]), adaptiveTable([96, 64])],
    lengths: [0, 1, 2, 3].map(() => adaptiveTable(falling)),
    modes: new Map(),
  };
}

function codeLarge(
  field: MotionField,
  place: BlockPlace,
  models: Models,
  pass: Pass,
  wanted: MotionField | undefined,
): void {
  const { row, column } = place;
  const known = predictedVector(field, place);
  const own = wanted && vectorAt(wanted, row, column);
  const key = (r: number, c: number) => `${r},${c}`;
  const calm = [key(row, column - 2), key(row - 2, column)].filter(
    (each) => models.modes.get(each) === mode.predicted,
  ).length;
  const kind = told(models.large[calm]!, pass, own && (() => modeOf(wanted, place, own, known)));
  models.modes.set(key(row, column), kind);
  if (kind !== mode.split) {
    layVector(field, place, kind === mode.predicted ? known : codeVector(known, own, models, pass));
    return;
  }
  for (const part of smallBlocks(field, row, column)) codeSmall(field, part, models, pass, wanted);
}

function codeSmall(
  field: MotionField,
  part: BlockPlace,
  models: Models,
  pass: Pass,
  wanted: MotionField | undefined,
): void {
  const known = predictedVector(field, part);
  const own = wanted && vectorAt(wanted, part.row, part.column);
  const model = models.small[part.last ? 1 : 0]!;
  const kind = told(model, pass, own && (() => (same(own, known) ? mode.predicted : mode.other)));
  layVector(field, part, kind === mode.predicted ? known : codeVector(known, own, models, pass));
}

function modeOf(wanted: MotionField, place: BlockPlace, own: Vector, known: Vector): number {
  const parts = smallBlocks(wanted, place.row, place.column);
  if (!parts.every(({ row, column }) => same(vectorAt(wanted, row, column), own))) return mode.split;
  return same(own, known) ? mode.predicted : mode.other;
}

function codeVector(known: Vector, own: Vector | undefined, models: Models, pass: Pass): Vector {
  const x = codeNumber(own && own.x - known.x, models.lengths[0]!, pass);
  const y = codeNumber(own && own.y - known.y, models.lengths[x === 0 ? 1 : 2]!, pass);
  const vector = { x: known.x + x, y: known.y + y };
  if (Math.abs(vector.x) <= mostVector && Math.abs(vector.y) <= mostVector) return vector;
  throw new NacreError("bitstream", {
    found: `a block that moves by ${vector.x / 4}, ${vector.y / 4} pixels`,
    expected: `at most ${mostVector / 4}`,
    mend: "the file is damaged",
  });
}

/** Digits, then the sign, then the digits below the highest. */
function codeNumber(value: number | undefined, lengths: AdaptiveTable, pass: Pass): number {
  const have = value !== undefined;
  const digits = told(lengths, pass, have ? () => bitLength(value) : undefined);
  if (digits === 0) return 0;
  const negative = pass(fair, have ? () => (value < 0 ? 1 : 0) : undefined);
  let size = 1;
  for (let digit = digits - 2; digit >= 0; digit--) {
    size = 2 * size + pass(fair, have ? () => (Math.abs(value) >> digit) & 1 : undefined);
  }
  return negative ? -size : size;
}

function told(model: AdaptiveTable, pass: Pass, value: (() => number) | undefined): number {
  const symbol = pass(model.table(), value);
  model.saw(symbol);
  return symbol;
}

function same(a: Vector, b: Vector): boolean {
  return a.x === b.x && a.y === b.y;
}

function sizeOf({ rows, columns }: MotionField): Pick<FramePlanes, "width" | "height"> {
  return { width: columns * blockSize.small, height: rows * blockSize.small };
}
