import { expect, test } from "vitest";
import { readNpy, sharedFile } from "../../test/npy.js";
import { normalArray, seededRandom } from "../../test/run-graph.js";
import { quantizerContract } from "../quantizer.contract.js";
import { createVectorQuantizer } from "../vector/array.js";
import { createResidualVectorQuantizer } from "./array.js";

const random = seededRandom(31);
const [layers, entries, dimension] = [4, 30, 5];
const codebooks = Array.from({ length: layers }, (_, layer) =>
  normalArray(random, entries * dimension, 0.7 ** layer),
);

quantizerContract("residual vector", () => createResidualVectorQuantizer({ codebooks, entries, dimension }));

test("each layer is a plain vector quantizer of what the layers below left", () => {
  const latent = normalArray(random, 50 * dimension);
  const { codes } = createResidualVectorQuantizer({ codebooks, entries, dimension }).quantize(latent);
  let residual = latent;
  for (const [layer, codebook] of codebooks.entries()) {
    const plain = createVectorQuantizer({ codebook, entries, dimension, metric: "euclidean" }).quantize(
      residual,
    );
    expect(codes[layer]).toEqual(plain.codes[0]);
    residual = residual.map((x, i) => x - plain.quantized[i]!);
  }
});

/** A stack from one array [L, K, D]. */
function stackOf(path: string) {
  const { shape, data } = readNpy(path);
  const [depth, size, width] = shape as [number, number, number];
  const books = Array.from({ length: depth }, (_, l) => data.slice(l * size * width, (l + 1) * size * width));
  return createResidualVectorQuantizer({ codebooks: books, entries: size, dimension: width });
}

const hilcodec = sharedFile("weights/hilcodec-speech-rvq/codebooks_f16.npy");
test.skipIf(!hilcodec)("eight trained HILCodec layers give its own codes, code for code", () => {
  const file = (name: string) => readNpy(sharedFile(`weights/hilcodec-speech-rvq/${name}.npy`)!);
  const quantizer = stackOf(hilcodec!);
  const latent = file("latents_f32").data;
  const expected = file("codes_onnx_f32codebook_i16");
  const { codes } = quantizer.quantize(latent);
  expect(codes.flatMap((layer) => [...layer])).toEqual([...expected.data]);
  const published = [1.64, 2.99, 4.18, 5.28, 6.3, 7.27, 8.25, 9.15];
  for (const [layer, decibels] of published.entries()) {
    expect(signalToNoise(latent, quantizer.dequantize(codes.slice(0, layer + 1)))).toBeCloseTo(decibels, 1);
  }
});

const lyra = sharedFile("weights/lyra/codebooks_46x16x64_f32.npy");
test.skipIf(!lyra)("46 trained Lyra layers give its own codes and the decoder's exact sum", () => {
  const file = (name: string) => readNpy(sharedFile(`weights/lyra/testvec_${name}.npy`)!);
  const { codes, quantized } = stackOf(lyra!).quantize(file("features_f32").data);
  const expected = file("codes_u8").data;
  const frames = expected.length / 46;
  const byFrame = Array.from({ length: frames }, (_, frame) => codes.map((layer) => layer[frame]!)).flat();
  expect(byFrame).toEqual([...expected]);
  const decoded = file("decoded46_f32").data;
  expect(quantized.reduce((most, x, i) => Math.max(most, Math.abs(x - decoded[i]!)), 0)).toBeLessThan(1e-5);
});

function signalToNoise(signal: Float32Array, other: Float32Array): number {
  let [power, noise] = [0, 0];
  for (const [i, x] of signal.entries()) {
    power += x * x;
    noise += (x - other[i]!) ** 2;
  }
  return 10 * Math.log10(power / noise);
}
