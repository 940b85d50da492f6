import type { Fact, ModelSummary } from "@nacre/cli";
import type { ModelInfo } from "@nacre/nacre";

/** What there is to tell of a model of sound. */
export function modelSummary(model: ModelInfo): ModelSummary {
  const { id, folder, description, sampleRate, frameRate, strides, layers, entries } = model;
  const codesPerSecond = strides.reduce((sum, stride) => sum + frameRate / stride, 0);
  const kbps = (Math.log2(entries) * codesPerSecond) / 1000;
  const facts: Fact[] = [
    { name: "sampleRate", value: sampleRate, text: `${sampleRate} Hz` },
    { name: "frameRate", value: frameRate, text: `${frameRate} frames/s` },
    { name: "layers", value: layers, text: `${layers} layers` },
    { name: "entries", value: entries, text: `of ${entries}` },
    { name: "nominalKbps", value: kbps, text: `up to ${kbps.toFixed(1)} kbit/s` },
  ];
  return { id, folder, description, facts };
}
