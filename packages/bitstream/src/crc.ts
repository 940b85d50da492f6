const CRC32C = reflectedTable(0x82f63b78);
// x^8 + x^5 + x^3 + x^2 + x + 1 (AUTOSAR CRC-8H2F): any burst of up to 8 bits is seen.
const CRC8 = forwardTable(0x2f);

/**
 * CRC32C (Castagnoli, RFC 3720 appendix B.4), as a uint32.
 *
 * parts   hashed one after the other, as if joined
 */
export function crc32c(...parts: Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (let at = 0; at < part.length; at++) crc = (crc >>> 8) ^ CRC32C[(crc ^ part[at]!) & 0xff]!;
  }
  return ~crc >>> 0;
}

/** CRC-8 with polynomial 0x2F, begun at 0xFF and inverted at the end. A short check: one byte. */
export function crc8(...parts: Uint8Array[]): number {
  let crc = 0xff;
  for (const part of parts) {
    for (let at = 0; at < part.length; at++) crc = CRC8[crc ^ part[at]!]!;
  }
  return crc ^ 0xff;
}

function reflectedTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc >>> 0;
  });
}

function forwardTable(polynomial: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ polynomial) & 0xff : crc << 1;
    return crc;
  });
}
