import { NacreError } from "@nacre/errors";

/** Bytes that a length may take: 7 bits each, lowest first. */
const mostLengthBytes = 4;

/** Motion and side codes as one section, the length of the motion first: both travel with the first content layer. */
export function joinedMotion(motion: Uint8Array, side: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = motion.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  length.push(rest);
  const out = new Uint8Array(length.length + motion.length + side.length);
  out.set(length);
  out.set(motion, length.length);
  out.set(side, length.length + motion.length);
  return out;
}

/** Parts them again. throws NacreError "bitstream" for a length beyond the section */
export function partedMotion(section: Uint8Array): { motion: Uint8Array; side: Uint8Array } {
  let length = 0;
  for (let at = 0; at < mostLengthBytes; at++) {
    const byte = section[at];
    if (byte === undefined) break;
    length += (byte & 127) * 2 ** (7 * at);
    if (byte > 127) continue;
    const from = at + 1;
    if (length > section.length - from) break;
    return { motion: section.subarray(from, from + length), side: section.subarray(from + length) };
  }
  throw new NacreError("bitstream", {
    found: `motion that does not end within ${section.length} bytes`,
    expected: "the side section of a predicted frame",
    mend: "the file is damaged",
  });
}
