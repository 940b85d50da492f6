import { counted, type Fact } from "@nacre/cli";

/** Pixels of a picture. */
export type Size = { width: number; height: number };

/** How large a picture is, across and down. */
export function sizeFact({ width, height }: Size): Fact {
  return { name: "size", value: [width, height], text: `${width} x ${height} pixels` };
}

/** What a file costs: bytes, and bits per pixel of the whole file. */
export function costFacts(bytes: number, { width, height }: Size): Fact[] {
  const bpp = (8 * bytes) / (width * height);
  return [
    { name: "bytes", value: bytes, text: counted(bytes, "byte") },
    { name: "bpp", value: bpp, text: `${bpp.toFixed(3)} bit/pixel` },
  ];
}

/** Content layers. */
export function layersFact(layers: number): Fact {
  return { name: "layers", value: layers, text: counted(layers, "layer") };
}

/** How long it took, reading and writing of files included. */
export function secondsFact(begun: number): Fact {
  const seconds = (performance.now() - begun) / 1000;
  return { name: "seconds", value: seconds, text: `${seconds.toFixed(2)} s` };
}
