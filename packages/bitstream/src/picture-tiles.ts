import { NacreError } from "@nacre/errors";
import { storedKinds } from "./chunk.js";
import { readStream } from "./read.js";
import { createStreamWriter } from "./writer.js";

/**
 * How a tile of a picture is stored.
 *
 * row, column  of tiles, from 0 at the top left
 * kind         "network": in layers of codes; "lossy", "lossless": by another coding; "unknown": by one that this
 *              version has no name for
 * bytes        of its chunk, alpha and checks included
 */
export type StoredTileFacts = {
  row: number;
  column: number;
  kind: "network" | "unknown" | keyof typeof storedKinds;
  bytes: number;
};

/**
 * The tiles of a whole, sound file of a picture, in order; no model is needed.
 *
 * throws   NacreError "bitstream" for another medium, and as readStream
 */
export function pictureTiles(file: Uint8Array): StoredTileFacts[] {
  const { header, chunks } = readStream(file);
  if (header.media !== "image") {
    throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "a picture" });
  }
  const writer = createStreamWriter(header);
  writer.start();
  const across = Math.ceil(header.width / header.tile);
  return chunks.map((chunk, number) => ({
    row: Math.floor(number / across),
    column: number % across,
    kind: kindOf(chunk.stored),
    bytes: writer.chunk(chunk).length,
  }));
}

function kindOf(stored: number | undefined): StoredTileFacts["kind"] {
  if (stored === undefined) return "network";
  if (stored === storedKinds.lossy) return "lossy";
  return stored === storedKinds.lossless ? "lossless" : "unknown";
}
