import { counted, type Fact } from "@nacre/cli";

/** A sound as facts see it. */
export type SoundShape = { samples: number; sampleRate: number; channels: number };

/** How long a sound is. */
export function lengthFact({ samples, sampleRate }: SoundShape): Fact {
  const seconds = samples / sampleRate;
  return { name: "seconds", value: seconds, text: `${seconds.toFixed(2)} s` };
}

/** A sound's form, to the sample. */
export function formFacts({ samples, sampleRate, channels }: SoundShape): Fact[] {
  return [
    { name: "samples", value: samples, text: `${samples} samples` },
    { name: "sampleRate", value: sampleRate, text: `${sampleRate} Hz` },
    { name: "channels", value: channels, text: counted(channels, "channel") },
  ];
}

/** What a .nacre file of a sound costs: bytes, and kilobits per second of the whole file. */
export function costFacts(bytes: number, layers: number, shape: SoundShape): Fact[] {
  const { samples, sampleRate } = shape;
  const kbps = samples === 0 ? 0 : (bytes * 8 * sampleRate) / samples / 1000;
  return [
    { name: "bytes", value: bytes, text: counted(bytes, "byte") },
    lengthFact(shape),
    { name: "kbps", value: kbps, text: `${kbps.toFixed(2)} kbit/s` },
    { name: "layers", value: layers, text: counted(layers, "layer") },
  ];
}

/** How fast it went. */
export function speedFacts({ samples, sampleRate }: SoundShape, milliseconds: number): Fact[] {
  const times = samples / sampleRate / (milliseconds / 1000);
  return [{ name: "timesRealTime", value: times, text: `${times.toFixed(1)}x real time` }];
}
