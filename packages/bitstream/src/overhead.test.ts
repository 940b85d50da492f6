import { encodeSymbols, uniformTable } from "@nacre/entropy";
import { expect, test } from "vitest";
import { contentLayers, randomBytes, speechHeader, writeStream } from "../test/streams.js";
import { layerBytes } from "./index.js";

/** Ten seconds of one channel: two chunks of 375 frames, random codes of 10 bits. */
function tenSeconds(layers: number): Uint8Array {
  const header = speechHeader({ layers: contentLayers(layers) });
  const table = uniformTable(1024);
  const chunks = [0, 1].map((part) => ({
    frames: 375,
    sections: header.layers.map((_, layer) => {
      const noise = randomBytes(750, 1 + part + layer * 2);
      const codes = Int32Array.from(
        { length: 375 },
        (_, at) => (noise[2 * at]! * 256 + noise[2 * at + 1]!) & 1023,
      );
      return [encodeSymbols(codes, table)];
    }),
  }));
  return writeStream(header, chunks, 441_000);
}

test("header and footer of a model of twelve layers take at most 64 bytes", () => {
  for (const length of [441_000, undefined]) {
    expect(writeStream(speechHeader({ length }), [], 441_000).length).toBeLessThanOrEqual(64);
  }
});

test.each([
  { layers: 2, kilobits: 1.5, share: 0.05 },
  { layers: 3, kilobits: 2.25, share: 0.05 },
  { layers: 8, kilobits: 6, share: 0.02 },
  { layers: 12, kilobits: 9, share: 0.02 },
])(
  "ten seconds at $kilobits kbit/s spend at most $share of the rate on the container, header and footer included",
  ({ layers, kilobits, share }) => {
    const { container } = layerBytes(tenSeconds(layers));
    expect(container).toBeLessThanOrEqual((share * kilobits * 1000 * 10) / 8);
  },
);

test("entropy coding and container together stay within 2.2 percent of ideal at 6 kbit/s", () => {
  expect(tenSeconds(8).length).toBeLessThanOrEqual(1.022 * ((6000 * 10) / 8));
});
