/** A float64 form of the recurrent op: one step of one sequence at a time. */
import { build, type Evaluator, read, type Value } from "./value.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function lstm([x, w, r, bias]: readonly Value[]): Value[] {
  const [steps, batch, width] = x!.shape as [number, number, number];
  const hidden = r!.shape[2]!;
  const states = Array.from({ length: batch }, () => ({
    h: new Array<number>(hidden).fill(0),
    c: new Array<number>(hidden).fill(0),
  }));
  const heard: number[][][] = [];
  for (let t = 0; t < steps; t += 1) {
    heard.push(
      states.map((state, b) => {
        const gate = (row: number) => {
          let sum = read(bias!, [0, row]) + read(bias!, [0, 4 * hidden + row]);
          for (let i = 0; i < width; i += 1) sum += read(w!, [0, row, i]) * read(x!, [t, b, i]);
          for (let i = 0; i < hidden; i += 1) sum += read(r!, [0, row, i]) * state.h[i]!;
          return sum;
        };
        const gates = Array.from({ length: 4 * hidden }, (_, row) => gate(row));
        for (let i = 0; i < hidden; i += 1) {
          const kept = sigmoid(gates[2 * hidden + i]!) * state.c[i]!;
          state.c[i] = kept + sigmoid(gates[i]!) * Math.tanh(gates[3 * hidden + i]!);
          state.h[i] = sigmoid(gates[hidden + i]!) * Math.tanh(state.c[i]!);
        }
        return [...state.h];
      }),
    );
  }
  return [build("float32", [steps, 1, batch, hidden], ([t, , b, i]) => heard[t!]![b!]![i!]!)];
}

export const recurrent: Record<string, Evaluator> = { lstm };
