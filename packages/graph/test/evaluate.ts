/** Computes any graph in float64, sharing nothing with what the ops emit. */
import { inputName } from "../src/onnx/model.js";
import type { Node, Tensor } from "../src/tensor.js";
import { nodesInOrder } from "../src/walk.js";
import { convolutions } from "./convolutions.js";
import { elementwise } from "./elementwise.js";
import { moves } from "./moves.js";
import { recurrent } from "./recurrent.js";
import { sums } from "./sums.js";
import type { Evaluator, Value } from "./value.js";

export type Feeds = Readonly<Record<string, Value>>;

/** By the name of the op; inputs are fed. */
export const evaluators: Readonly<Record<string, Evaluator>> = {
  ...elementwise,
  ...moves,
  ...sums,
  ...convolutions,
  ...recurrent,
};

/** Values of the tensors, with these values for the inputs they depend on. */
export function evaluate(tensors: readonly Tensor[], feeds: Feeds): Value[] {
  const known = new Map<Node, readonly Value[]>();
  for (const node of nodesInOrder(tensors)) {
    const inputs = node.inputs.map((tensor) => known.get(tensor.node)![tensor.output]!);
    known.set(
      node,
      node.op === "input"
        ? [feeds[inputName(node.outputs[0]!)]!]
        : evaluators[node.op]!(inputs, node.attributes),
    );
  }
  return tensors.map(({ node, output }) => known.get(node)![output]!);
}

/** Sum of products of two lists of values: what a gradient is the slope of. */
export function inner(a: readonly Value[], b: readonly Value[]): number {
  return a.reduce(
    (sum, { data }, i) => data.reduce((part, each, at) => part + each * b[i]!.data[at]!, sum),
    0,
  );
}

// Half the distance of drawn values from the nearest kink, and small enough that the error, a third
// derivative times step squared, is below that of float32.
const step = 2 ** -18;

/** d <cotangents, outputs> / d feeds[name], element by element, by central differences. */
export function differences(
  outputs: readonly Tensor[],
  cotangents: readonly Value[],
  feeds: Feeds,
  name: string,
): Float64Array {
  const at = feeds[name]!;
  return at.data.map((_, i) => {
    const unit = at.data.map((__, other) => (other === i ? 1 : 0));
    return slope(outputs, cotangents, feeds, { [name]: { ...at, data: unit } });
  });
}

/** The slope of <cotangents, outputs> along a direction in some of the feeds. */
export function slope(
  outputs: readonly Tensor[],
  cotangents: readonly Value[],
  feeds: Feeds,
  direction: Feeds,
): number {
  const [above, below] = [step, -step].map((amount) =>
    inner(cotangents, evaluate(outputs, moved(feeds, direction, amount))),
  );
  return (above! - below!) / (2 * step);
}

function moved(feeds: Feeds, direction: Feeds, amount: number): Feeds {
  const entries = Object.entries(feeds).map(([name, value]): [string, Value] => {
    const along = direction[name];
    const data = along ? value.data.map((each, i) => each + amount * along.data[i]!) : value.data;
    return [name, { ...value, data }];
  });
  return Object.fromEntries(entries);
}
