import { NacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { normalArray, seededRandom } from "../test/run-graph.js";
import type { Quantizer } from "./quantizer.js";

/** The laws that every quantizer keeps; `make` gives a small one. */
export function quantizerContract(name: string, make: () => Quantizer): void {
  describe(`${name} keeps the contract`, () => {
    const quantizer = make();
    const { dimension, layers, codesPerRow, alphabets, nominalBits } = quantizer.describe();
    const rows = 37;
    const latent = normalArray(seededRandom(11), rows * dimension, 0.9);
    const { codes, quantized } = quantizer.quantize(latent);

    test("there is one code per place, each inside its alphabet", () => {
      expect(codes).toHaveLength(layers);
      for (const [layer, array] of codes.entries()) {
        expect(array).toHaveLength(rows * codesPerRow);
        array.forEach((code, i) => {
          expect(code >= 0 && code < alphabets[layer]![i % codesPerRow]!).toBe(true);
        });
      }
    });

    test("nominal bits are the logarithms of the alphabets", () => {
      expect(nominalBits.map((bits) => 2 ** bits)).toEqual(
        alphabets.map((sizes) =>
          expect.closeTo(
            sizes.reduce((product, size) => product * size, 1),
            3,
          ),
        ),
      );
    });

    test("dequantize gives what quantize said, bit for bit, for every prefix", () => {
      expect(quantizer.dequantize(codes)).toEqual(quantized);
      for (let used = 1; used <= layers; used++) {
        const prefix = quantizer.quantize(latent, { layers: used });
        expect(prefix.codes).toEqual(codes.slice(0, used));
        expect(quantizer.dequantize(codes.slice(0, used))).toEqual(prefix.quantized);
      }
    });

    test("a row's codes do not depend on its neighbours", () => {
      const row = 17;
      const alone = quantizer.quantize(latent.subarray(row * dimension, (row + 1) * dimension));
      expect(alone.codes).toEqual(
        codes.map((layer) => layer.slice(row * codesPerRow, (row + 1) * codesPerRow)),
      );
    });

    test("no rows give no codes", () => {
      const empty = quantizer.quantize(new Float32Array(0));
      expect(empty.codes.map((layer) => layer.length)).toEqual(Array(layers).fill(0));
      expect(quantizer.dequantize(empty.codes)).toHaveLength(0);
    });

    test("broken input is refused by code", () => {
      const codeOf = (run: () => unknown) => {
        try {
          run();
        } catch (error) {
          if (error instanceof NacreError) return error.code;
          throw error;
        }
        return "accepted";
      };
      if (dimension > 1) expect(codeOf(() => quantizer.quantize(latent.subarray(1)))).toBe("shape");
      expect(codeOf(() => quantizer.quantize(latent, { layers: 0 }))).toBe("option");
      expect(codeOf(() => quantizer.quantize(latent, { layers: layers + 1 }))).toBe("option");
      expect(codeOf(() => quantizer.dequantize([]))).toBe("shape");
      expect(codeOf(() => quantizer.dequantize([...codes, codes[0]!]))).toBe("shape");
      for (const bad of [-1, alphabets[0]![0]!]) {
        const damaged = codes.map((layer) => layer.slice());
        damaged[0]![0] = bad;
        expect(codeOf(() => quantizer.dequantize(damaged))).toBe("bitstream");
      }
    });
  });
}
