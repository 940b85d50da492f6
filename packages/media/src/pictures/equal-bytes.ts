import type { Picture } from "@nacre/signal";
import type { ClassicalCodec } from "./classical-codecs.js";

/** A file of another codec and the quality that made it. */
export type EqualBytes = { file: Uint8Array; quality: number };

const [least, most] = [1, 100];

/**
 * The best file of a codec that is no larger than `bytes`, by halving the range of qualities; its smallest where all are
 * larger.
 *
 * check  called before each try; may throw
 */
export async function atEqualBytes(
  codec: ClassicalCodec,
  picture: Picture,
  bytes: number,
  check: () => void,
): Promise<EqualBytes> {
  let found: EqualBytes | undefined;
  let smallest: EqualBytes | undefined;
  let [low, high] = [least, most];
  while (low <= high) {
    check();
    const quality = (low + high) >> 1;
    const file = await codec.encode(picture, quality);
    if (!smallest || file.length < smallest.file.length) smallest = { file, quality };
    if (file.length <= bytes) {
      found = { file, quality };
      low = quality + 1;
    } else high = quality - 1;
  }
  return found ?? smallest!;
}
