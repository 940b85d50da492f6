import { type FramePlanes, stillField, warpFrame } from "@nacre/codec";
import { gradient, input, mul, sum } from "@nacre/graph";
import { expect, test } from "vitest";
import { dot, openGraph } from "../../test/run-graph.js";
import { seededRandom } from "../../test/sounds.js";
import { networkValue } from "../pictures/draw-crops.js";
import { placesOf, placesOfField, warped } from "./warp-graph.js";

const size = 32;
const random = seededRandom(8);
const plane = size * size;
const [batch, colours] = [2, 3];

const frames: FramePlanes[] = Array.from({ length: batch }, () => ({
  width: size,
  height: size,
  planes: Array.from({ length: colours }, () => Uint8Array.from({ length: plane }, () => 256 * random())),
}));
const fields = frames.map((frame) => {
  const field = stillField(frame);
  for (let at = 0; at < field.x.length; at++) {
    field.x[at] = Math.round(200 * (random() - 0.5));
    field.y[at] = Math.round(200 * (random() - 0.5));
  }
  return field;
});
const places = new Float32Array(batch * plane);
for (const [item, field] of fields.entries()) placesOfField(field, size, places.subarray(item * plane));
const reference = Float32Array.from(
  frames.flatMap(({ planes }) => planes.flatMap((each) => [...each])),
  networkValue,
);

const shape = [batch, colours, size, size];
const [x, at, g] = [
  input("x", "float32", shape),
  input("at", "float32", [batch, size, size]),
  input("g", "float32", shape),
];
const y = warped(x, at);

test("a frame is moved to the codec's bytes, before they are rounded", async () => {
  const { moved } = await (await openGraph([x, at], { moved: y }))(reference, places);
  for (const [item, frame] of frames.entries()) {
    const bytes = warpFrame(frame, fields[item]!);
    for (const [colour, expected] of bytes.planes.entries()) {
      const from = (item * colours + colour) * plane;
      for (const [i, byte] of expected.entries()) {
        expect(Math.abs((moved![from + i]! + 0.5) * 255 - byte)).toBeLessThan(0.501);
      }
    }
  }
  expect(places.every((place) => Number.isInteger(place) && place >= 0 && place < placesOf(size))).toBe(true);
});

test("its gradient is the same motion, turned round", async () => {
  const call = await openGraph([x, at, g], {
    moved: y,
    back: gradient(sum(mul(y, g)), [x])[0]!,
  });
  // Small values, so that nothing is clipped and the motion is linear.
  const small = (seed: number) => {
    const own = seededRandom(seed);
    return Float32Array.from({ length: batch * colours * plane }, () => 0.2 * (own() - 0.5));
  };
  const [value, cotangent] = [small(1), small(2)];
  const { moved, back } = await call(value, places, cotangent);
  expect(dot(back!, value)).toBeCloseTo(dot(cotangent, moved!), 3);
  expect(dot(back!, back!)).toBeGreaterThan(0.1);
});
