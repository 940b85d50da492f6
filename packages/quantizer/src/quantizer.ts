import { NacreError } from "@nacre/errors";

/**
 * What the codes of a quantizer are, for coders and reports.
 *
 * kind         name in `quantizers`
 * version      what decides the meaning of codes beside the parameters (grid, scales)
 * layers       L
 * dimension    D, values of one latent row
 * codesPerRow  codes of one row in one layer: 1 for vectors, D for finite scalars
 * alphabets    [L][codesPerRow], codes at that place are 0 .. alphabet - 1
 * nominalBits  [L], bits of one row in that layer before entropy coding: sum of log2(alphabet)
 */
export type QuantizerDescription = {
  kind: string;
  version: string;
  layers: number;
  dimension: number;
  codesPerRow: number;
  alphabets: readonly (readonly number[])[];
  nominalBits: readonly number[];
};

/**
 * What a quantizer answers for N rows.
 *
 * codes      per layer [N, codesPerRow], row-major
 * quantized  [N, D], what `dequantize` makes of these codes, bit for bit
 */
export type Quantized = { codes: Int32Array[]; quantized: Float32Array };

/** A quantizer in array form: what the codec and the inspector use. */
export type Quantizer = {
  describe(): QuantizerDescription;
  /**
   * Names the nearest entry, layer after layer; the lowest index wins a tie.
   *
   * latent  [N, D] finite values, row-major
   * layers  how many to use, 1 .. L, all by default
   * throws  NacreError "shape" when latent does not fill whole rows, "option" for a bad layer count
   */
  quantize(latent: Float32Array, options?: { layers?: number }): Quantized;
  /**
   * The latent that a prefix of layers stands for.
   *
   * codes   one array per layer from the first on, [N, codesPerRow] each, at least one
   * returns [N, D]
   * throws  NacreError "shape" when lengths differ or there are no or too many layers, "bitstream"
   *         when a code is outside its alphabet
   */
  dequantize(codes: readonly Int32Array[]): Float32Array;
};

/** Fills in the numbers that follow from the alphabets. */
export function describeLayers(
  kind: string,
  version: string,
  dimension: number,
  alphabets: readonly (readonly number[])[],
): QuantizerDescription {
  const bits = (alphabet: readonly number[]) => alphabet.reduce((total, size) => total + Math.log2(size), 0);
  return {
    kind,
    version,
    layers: alphabets.length,
    dimension,
    codesPerRow: alphabets[0]?.length ?? 0,
    alphabets,
    nominalBits: alphabets.map(bits),
  };
}

/** Number of rows of a latent; throws NacreError "shape" when the last one is not whole. */
export function latentRows(latent: Float32Array, dimension: number): number {
  const rows = latent.length / dimension;
  if (Number.isInteger(rows)) return rows;
  throw new NacreError("shape", {
    found: `latent of ${latent.length} values`,
    expected: `a multiple of ${dimension}`,
    mend: `pass whole rows of ${dimension} values`,
  });
}

/** The layer count that was asked for, all by default; throws NacreError "option" when out of range. */
export function usedLayers(layers: number | undefined, available: number): number {
  const used = layers ?? available;
  if (Number.isInteger(used) && used >= 1 && used <= available) return used;
  throw new NacreError("option", { found: `${used} layers`, expected: `1 to ${available}` });
}

/** Number of rows of a prefix of codes, after checking its lengths and every code. */
export function codeRows(codes: readonly Int32Array[], description: QuantizerDescription): number {
  const { layers, codesPerRow, alphabets } = description;
  const first = codes[0]?.length ?? 0;
  const whole = codes.length >= 1 && codes.length <= layers && first % codesPerRow === 0;
  if (!whole || codes.some((layer) => layer.length !== first)) {
    throw new NacreError("shape", {
      found: `${codes.length} layers of ${codes.map((layer) => layer.length).join(", ")} codes`,
      expected: `1 to ${layers} layers of one length, a multiple of ${codesPerRow}`,
    });
  }
  for (const [layer, array] of codes.entries()) checkCodes(array, alphabets[layer]!, layer);
  return first / codesPerRow;
}

function checkCodes(codes: Int32Array, alphabet: readonly number[], layer: number): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const size = alphabet[i % alphabet.length]!;
    if (code >= 0 && code < size) continue;
    throw new NacreError("bitstream", {
      found: `code ${code} in layer ${layer + 1}`,
      expected: `0 to ${size - 1}`,
      mend: "the file is damaged or was written with another model",
    });
  }
}

/** throws NacreError "shape" when a parameter array has the wrong length */
export function expectLength(name: string, array: ArrayLike<number>, length: number): void {
  if (array.length === length) return;
  throw new NacreError("shape", { found: `${name} of ${array.length} values`, expected: `${length}` });
}

/** throws NacreError "option" unless value is a whole number from `least` on */
export function expectCount(name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new NacreError("option", {
    found: `${name} ${value}`,
    expected: `a whole number, at least ${least}`,
  });
}
