import { NacreError } from "@nacre/errors";
import type { Picture } from "@nacre/signal";

/** The picture as 8-bit RGB and nothing else; throws NacreError "media" for one with alpha that is not full everywhere. */
export function plainPicture({ width, height, bitDepth, planes, alpha }: Picture, name: string): Picture {
  const full = 2 ** bitDepth - 1;
  if (alpha?.some((coverage) => coverage !== full)) {
    throw new NacreError("media", {
      found: `${name} is transparent`,
      expected: "an opaque picture, as JPEG has no alpha",
      mend: "lay it over a background first",
    });
  }
  const eight = planes.map((plane) =>
    plane instanceof Uint8Array ? plane : Uint8Array.from(plane, (sample) => Math.round(sample / 257)),
  );
  const [red, green, blue] = eight.length === 1 ? [eight[0]!, eight[0]!, eight[0]!] : eight;
  return { width, height, colour: "rgb", bitDepth: 8, planes: [red!, green!, blue!] };
}
