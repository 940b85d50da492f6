import type { Audio } from "@nacre/signal";

/** A 16-bit PCM WAV file; samples outside -1 .. 1 are clipped, channels interleaved. For players in a page. */
export function wavBytes({ sampleRate, channels }: Audio): Uint8Array {
  const frame = 2 * channels.length;
  const size = frame * (channels[0]?.length ?? 0);
  const bytes = Buffer.alloc(44 + size);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + size, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * frame, 28);
  bytes.writeUInt16LE(frame, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(size, 40);
  for (const [c, samples] of channels.entries()) {
    for (let i = 0; i < samples.length; i++) {
      const sample = Math.min(1, Math.max(-1, samples[i]!));
      bytes.writeInt16LE(Math.round(sample * 32767), 44 + i * frame + 2 * c);
    }
  }
  return bytes;
}
