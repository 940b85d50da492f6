import { spectralDecoder } from "@nacre/decoder";
import { input, reshape } from "@nacre/graph";
import { buildStep, initialState, type Recipe, reconstruct, weightsOf } from "@nacre/training";
import { describe, expect, test } from "vitest";
import { openGraph, runtime } from "../test/run-graph.js";
import { noise, seededRandom, tone } from "../test/sounds.js";
import { tinyRecipe, tinyScalarRecipe } from "../test/tiny-recipe.js";
import { parameterSpecs } from "./state.js";

const [items, frames] = [2, 10];
const samples = frames * 256;
const audio = Float32Array.from([...tone(1, samples), ...tone(2, samples)]);

/** A model that was never trained, with codebooks that have something to choose from. */
function untrained(recipe: Recipe) {
  const graph = buildStep(recipe);
  const state = initialState(recipe, graph);
  const books = state["quantizer.codebooks"];
  books?.set(noise(seededRandom(3), books.length, 0.5));
  return weightsOf(graph, state);
}

const recipes: Recipe[] = [tinyRecipe(), tinyScalarRecipe()];

describe.each(recipes.map((recipe) => [recipe.quantizer.kind, recipe] as const))("of %s", (_, recipe) => {
  test("the sound of a prefix is the decoder's answer to the sum of its layers", async () => {
    const weights = untrained(recipe);
    const { latentDim } = recipe.decoder;
    const found = await reconstruct(recipe, weights, { audio, items, prefixes: [1, 3] }, runtime);
    const own = parameterSpecs(recipe).filter(({ name }) => name.startsWith("decoder"));
    const parameters = own.map(({ name, shape }) => input(name, "float32", shape));
    const latent = input("latent", "float32", [items * frames, latentDim]);
    const decoded = spectralDecoder.forward(
      recipe.decoder,
      Object.fromEntries(own.map(({ name }, i) => [name, parameters[i]!])),
      reshape(latent, [items, frames, latentDim]),
    );
    const decode = await openGraph([latent, ...parameters], { decoded });
    for (const layers of [1, 3]) {
      const sum = found.quantized[layers - 1]!;
      const values = own.map(({ name }) => weights.parameters[name]!);
      const wanted = (await decode(sum, ...values)).decoded!;
      const apart = found.decoded.get(layers)!.map((x, i) => Math.abs(x - wanted[i]!));
      expect(Math.max(...apart)).toBeLessThan(1e-5);
    }
    expect(found.decoded.get(1)).not.toEqual(found.decoded.get(3));
    expect([...found.decoded.keys()]).toEqual([1, 3]);
  });
});

test("codes are the nearest entries of what lower layers leave, layers and frames in their order", async () => {
  const recipe = tinyRecipe();
  const weights = untrained(recipe);
  const { target, codes, quantized } = await reconstruct(
    recipe,
    weights,
    { audio, items, prefixes: [] },
    runtime,
  );
  const books = weights.parameters["quantizer.codebooks"]!;
  const [entries, width] = [16, 8];
  const rest = Float64Array.from(target);
  for (const [layer, chosen] of codes.entries()) {
    expect(chosen).toHaveLength(items * frames);
    for (const [row, code] of chosen.entries()) {
      const distance = (entry: number) => {
        const at = (layer * entries + entry) * width;
        return Array.from({ length: width }, (_, i) => (rest[row * width + i]! - books[at + i]!) ** 2).reduce(
          (a, b) => a + b,
        );
      };
      const nearest = Math.min(...Array.from({ length: entries }, (_, entry) => distance(entry)));
      expect(distance(code) - nearest).toBeLessThan(1e-5);
      for (let i = 0; i < width; i++) rest[row * width + i]! -= books[(layer * entries + code) * width + i]!;
    }
    const left = quantized[layer]!.map((x, i) => Math.abs(target[i]! - x - rest[i]!));
    expect(Math.max(...left)).toBeLessThan(1e-5);
  }
});
