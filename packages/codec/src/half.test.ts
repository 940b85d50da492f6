import { expect, test } from "vitest";
import { fromHalf, fromHalves, toHalf } from "./half.js";

test("every half goes to a number and back to itself", () => {
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = fromHalf(bits);
    if (Number.isNaN(value)) expect(toHalf(value) & 0x7fff).toBeGreaterThan(0x7c00);
    else if (toHalf(value) !== bits) expect.fail(`${bits} became ${toHalf(value)}`);
  }
});

test("the named values of the standard have their bits", () => {
  const known: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ];
  for (const [value, bits] of known) {
    expect(toHalf(value), String(value)).toBe(bits);
    if (value !== 1 / 3) expect(fromHalf(bits)).toBe(value);
  }
  expect(fromHalf(0x7c01)).toBeNaN();
});

test("halfway between two halves goes to the even one, and less or more to the nearer", () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [fromHalf(bits), fromHalf(bits + 1)];
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    // The nearest float32 beside the middle; both neighbours and the middle are floats themselves.
    const step = Math.max((high - low) * 2 ** -12, 2 ** -149);
    if (toHalf(middle) !== even || toHalf(middle - step) !== bits || toHalf(middle + step) !== bits + 1)
      expect.fail(`between halves ${bits} and ${bits + 1}`);
    if (toHalf(-middle) !== (even | 0x8000)) expect.fail(`between halves ${bits} and ${bits + 1}, negative`);
  }
});

test("from 65520 on all is infinite, below 2^-25 all is zero", () => {
  expect(toHalf(65_519.99)).toBe(0x7bff);
  expect(toHalf(65_520)).toBe(0x7c00);
  expect(toHalf(-1e30)).toBe(0xfc00);
  expect(toHalf(2 ** -25)).toBe(0);
  expect(toHalf(2 ** -25 * (1 + 2 ** -20))).toBe(1);
  expect(toHalf(-(2 ** -26))).toBe(0x8000);
  expect(toHalf(2 ** -149)).toBe(0);
});

test("many halves are read as each alone", () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, each) => each);
  expect(fromHalves(bits)).toEqual(Float32Array.from(bits, fromHalf));
});
