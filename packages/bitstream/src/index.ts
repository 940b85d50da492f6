/** The .nacre container, format 0 (draft). The bytes are described in FORMAT.md; start at writer.ts and reader.ts. */
export { type Attachment, attachmentKinds } from "./attachments.js";
export { type Chunk, storedKinds } from "./chunk.js";
export { type ChunkMark, MOST_REPEATS } from "./chunk-mark.js";
export type { VideoEnds } from "./footer.js";
export { FORMAT_VERSION, type SoundHeader, type StreamHeader, soundHeader } from "./header.js";
export type { LayerInfo } from "./layer-runs.js";
export { layerBytes, prefixLayers, trimLayers } from "./layers.js";
export { type PictureHeader, tileCount } from "./picture-header.js";
export { pictureTiles, type StoredTileFacts } from "./picture-tiles.js";
export {
  type ParsedStream,
  parseStream,
  type RecoveredStream,
  readStream,
  type SoundStream,
  verifyStream,
} from "./read.js";
export type { Damage, StreamEnd } from "./reading.js";
export { readChunkAt } from "./seek.js";
export { frameTiles, type SoundTrack, type VideoHeader } from "./video-header.js";
export { readVideoIndex, type SeekableBytes, type VideoIndex } from "./video-index.js";
export { createStreamWriter, type StreamWriter } from "./writer.js";
