import type { VideoFacts } from "@nacre/signal";

/** Width and height of luma and of a colour plane. */
export function planeSizes({ width, height, subsampling }: VideoFacts): {
  luma: [number, number];
  colour: [number, number];
} {
  const half = (size: number) => Math.ceil(size / 2);
  const colour: [number, number] = subsampling === "4:2:0" ? [half(width), half(height)] : [width, height];
  return { luma: [width, height], colour };
}

/** Bytes of a frame: its three planes one after the other. */
export function frameBytes(facts: VideoFacts): number {
  const { luma, colour } = planeSizes(facts);
  return luma[0] * luma[1] + 2 * colour[0] * colour[1];
}
