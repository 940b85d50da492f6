import { beforeAll, describe, expect, test } from "vitest";
import { feedsOf } from "../test/cases.js";
import { inputsOf, misfit, run } from "../test/run.js";
import type { Value } from "../test/value.js";
import {
  abs,
  add,
  clip,
  concat,
  constant,
  gelu,
  gradient,
  input,
  layerNorm,
  log,
  logSumExp,
  matmul,
  mean,
  mul,
  oneHot,
  silu,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "./index.js";

type Jax = typeof import("@jax-js/jax");
type JaxArray = InstanceType<Jax["Array"]>;

let jax: Jax;

beforeAll(async () => {
  // It asks the browser for a graphics card while it loads, and Node 20 has no navigator to ask.
  (globalThis as { navigator?: object }).navigator ??= {};
  jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
});

/** Loss and gradients of both, on the same values, within 1e-4 of the largest element. */
async function agree(wrt: readonly Tensor[], loss: Tensor, theirs: (...values: JaxArray[]) => JaxArray) {
  const feeds = feedsOf(inputsOf(wrt), 7);
  const ours = await run([loss, ...gradient(loss, wrt)], feeds);
  const values = Object.values(feeds).map(toJax);
  const differentiate = jax.valueAndGrad(theirs, { argnums: wrt.map((_, i) => i) });
  const [value, slopes] = differentiate(...values) as unknown as [JaxArray, JaxArray[]];
  const expected = [value, ...slopes].map((each, i) => fromJax(each, ours[i]!));
  expect(ours.map((each, i) => misfit(each, expected[i]!)).filter((gap) => !(gap < 1e-4))).toEqual([]);
}

const toJax = ({ shape, data }: Value) =>
  jax.numpy.array(Float32Array.from(data), { shape: [...shape], dtype: jax.numpy.float32 });

function fromJax(array: JaxArray, { dtype }: Value): Value {
  const shape = [...array.shape];
  return { dtype, shape, data: Float64Array.from(array.dataSync()) };
}

describe("jax-js computes the same values and gradients", () => {
  test("of a network: layer norm, linear, GELU, linear, cross entropy", async () => {
    const [x, w1, w2] = [
      input("x", "float32", [5, 6]),
      input("w1", "float32", [6, 8]),
      input("w2", "float32", [8, 3]),
    ];
    const [scale, bias] = [input("scale", "float32", [6]), input("bias", "float32", [6])];
    const classes = [2, 0, 1, 1, 2];
    const logits = matmul(gelu(matmul(layerNorm(x, scale, bias), w1)), w2);
    const picked = sum(mul(logits, oneHot(constant(classes, [5], "int64"), 3)), [1]);
    const loss = mean(sub(logSumExp(logits, [1]), picked));
    await agree([x, scale, bias, w1, w2], loss, (...[a, s, b, k1, k2]) => {
      const { numpy: np, nn } = jax;
      const normal = nn.standardize(a!, -1, { epsilon: 1e-5 }).mul(s!).add(b!);
      const scores = np.matmul(nn.gelu(np.matmul(normal, k1!), { approximate: false }), k2!);
      const target = np.array(classes.map((each) => [0, 1, 2].map((column) => Number(column === each))));
      return np.mean(np.sum(nn.logSoftmax(scores, -1).mul(target), 1)).mul(-1);
    });
  });

  test("of attention over two batches, with softmax and broadcasting", async () => {
    const [q, k, v] = ["q", "k", "v"].map((name) => input(name, "float32", [2, 4, 3]));
    const weights = softmax(mul(matmul(q!, transpose(k!, [0, 2, 1])), 3 ** -0.5), 2);
    await agree([q!, k!, v!], sum(square(silu(matmul(weights, v!)))), (...[a, b, c]) => {
      const { numpy: np, nn } = jax;
      const scores = np.matmul(a!, np.swapaxes(b!, 1, 2)).mul(3 ** -0.5);
      return np.sum(np.square(nn.silu(np.matmul(nn.softmax(scores, -1), c!))));
    });
  });

  test("of a loss on log magnitudes of a discrete Fourier transform", async () => {
    const size = 8;
    const bins = size / 2 + 1;
    const wave = (f: (angle: number) => number) =>
      Array.from({ length: size * bins }, (_, i) =>
        f((2 * Math.PI * Math.floor(i / bins) * (i % bins)) / size),
      );
    const [real, imaginary] = [wave(Math.cos), wave((angle) => -Math.sin(angle))];
    const [x, target] = [input("x", "float32", [3, size]), input("target", "float32", [3, size])];
    const spectrum = (signal: Tensor) => {
      const parts = matmul(
        signal,
        concat([constant(real, [size, bins]), constant(imaginary, [size, bins])], 1),
      );
      const pairs = square(parts);
      const power = matmul(
        pairs,
        constant(
          Array.from({ length: 2 * bins * bins }, (_, i) => Number(Math.floor(i / bins) % bins === i % bins)),
          [2 * bins, bins],
        ),
      );
      return log(sqrt(add(power, 1e-2)));
    };
    await agree([x, target], mean(abs(sub(spectrum(x), spectrum(target)))), (...[a, b]) => {
      const { numpy: np } = jax;
      const magnitudes = (signal: JaxArray) => {
        const each = [real, imaginary].map((part, i) =>
          np.square(np.matmul(i === 0 ? signal.ref : signal, np.array(part).reshape([size, bins]))),
        );
        return np.log(np.sqrt(each[0]!.add(each[1]!).add(1e-2)));
      };
      return np.mean(np.abs(magnitudes(a!).sub(magnitudes(b!))));
    });
  });

  test("of a clipped sum of one tensor used in four places", async () => {
    const x = input("x", "float32", [3, 4]);
    const again = clip(sub(mul(x, x), x), -0.5, 1.5);
    await agree([x], sum(mul(again, sum(x, [1], true))), (a) => {
      const { numpy: np } = jax;
      const inner = np.clip(a!.ref.mul(a!.ref).sub(a!.ref), -0.5, 1.5);
      return np.sum(inner.mul(np.sum(a!, 1, { keepdims: true })));
    });
  });
});
