import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { distance, noise, run } from "../test/run.js";
import {
  binCount,
  dftMultiplyAdds,
  inverseDft,
  type TwoStageInverse,
  twoStageInverse,
  twoStageMultiplyAdds,
} from "./index.js";

const windows: [number, number | undefined][] = [
  [960, undefined],
  [960, 30],
  [512, undefined],
  [24, 2],
  [24, 24],
  [12, 6],
];

/** Parts [rows, bins] of the plain form in the places of the other one. */
function spread(plain: Float32Array, { bins, groups }: TwoStageInverse, rows: number) {
  const places = bins.length / groups;
  const count = plain.length / rows;
  const values = new Float32Array(bins.length * rows);
  for (const [place, bin] of bins.entries()) {
    for (let row = 0; row < rows; row += 1) {
      const at = (Math.floor(place / places) * rows + row) * places + (place % places);
      values[at] = plain[row * count + bin]!;
    }
  }
  return constant(values, [groups, rows, places]);
}

test.each(windows)(
  "a window of %i with %s in the last stage has the frames of the plain inverse",
  async (window, first) => {
    const rows = 3;
    const framing = { window, hop: window / 4 };
    const form = twoStageInverse(framing, first);
    expect(new Set(form.bins).size).toBe(binCount(window));
    const [real, imaginary] = [noise(rows * binCount(window), 1), noise(rows * binCount(window), 2)];
    const shape = [rows, binCount(window)];
    const plain = await run(shape, real, (x) =>
      inverseDft({ real: x, imaginary: constant(imaginary, shape) }, framing),
    );
    // Places that are not used are named bin 0 and hold its value here: they must count for nothing.
    const staged = await run([1], new Float32Array(1), () =>
      form.frames({ real: spread(real, form, rows), imaginary: spread(imaginary, form, rows) }),
    );
    expect(plain.some((value) => Math.abs(value) > 0.01)).toBe(true);
    expect(distance(plain, staged)).toBeLessThan(1e-6);
  },
);

test("two stages take a fifth of the multiply-adds at the speech model's window", () => {
  expect(twoStageMultiplyAdds(960)).toBe(34 * (960 + 2 * 30 * 30));
  expect(twoStageMultiplyAdds(960) / dftMultiplyAdds(960)).toBeLessThan(0.21);
});
