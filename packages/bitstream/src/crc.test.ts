import { expect, test } from "vitest";
import { crc8, crc32c } from "./crc.js";
import { cursorAt, readVarint, writeVarint } from "./cursor.js";

const digits = new TextEncoder().encode("123456789");

test("the checks have their published values of the digits 1 to 9", () => {
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc8(digits)).toBe(0xdf);
});

test("CRC32C has the values of RFC 3720 appendix B.4", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(0x46dd794e);
});

test("parts are hashed as if joined", () => {
  expect(crc32c(digits.subarray(0, 4), digits.subarray(4))).toBe(crc32c(digits));
  expect(crc8(digits.subarray(0, 4), new Uint8Array(0), digits.subarray(4))).toBe(crc8(digits));
});

test("numbers up to 2^49 come back from their shortest form, and longer forms are refused", () => {
  for (const value of [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 + 5, 2 ** 49 - 1]) {
    const bytes: number[] = [];
    writeVarint(bytes, value);
    const cursor = cursorAt(Uint8Array.from(bytes), 0);
    expect(readVarint(cursor)).toBe(value);
    expect(cursor).toMatchObject({ at: bytes.length, short: false, bad: false });
    const cut = cursorAt(Uint8Array.from(bytes.slice(0, -1)), 0);
    readVarint(cut);
    expect(cut).toMatchObject({ short: true, bad: false });
  }
  for (const bytes of [[0x80, 0], [0xff, 0x80, 0], new Array<number>(8).fill(0xff)]) {
    const cursor = cursorAt(Uint8Array.from(bytes), 0);
    readVarint(cursor);
    expect(cursor.bad).toBe(true);
  }
});
