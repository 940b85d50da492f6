import type { Audio } from "@nacre/signal";

/**
 * A codec that everybody has: what a codec of sounds is held against.
 *
 * label         what tables call it
 * settings      kbit/s a channel at which it is compared unless others are asked for, rising
 * mostChannels  that it can code together
 * version       of the program behind it
 * through       a sound there and back at so many kbit/s of all channels together: decoded to the rate, length and
 *               channels of the original, in time with it, and the bytes of the file. throws NacreError "option" for
 *               a rate that the codec does not have
 */
export type SoundCodec = {
  name: "opus" | "mp3";
  label: string;
  settings: readonly number[];
  mostChannels: number;
  version(): string;
  through(sound: Audio, kbps: number): Promise<{ decoded: Audio; bytes: number }>;
};
