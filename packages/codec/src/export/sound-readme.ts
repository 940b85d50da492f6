import type { NetworkModel } from "../model.js";
import type { ExportedGraph } from "./exported-graph.js";
import type { SoundExportConfig } from "./sound-config.js";

/** How the four graphs of a sound model are put together, for card and program. */
export function soundGuide(
  { config }: NetworkModel,
  facts: SoundExportConfig,
  graphs: readonly ExportedGraph[],
): string {
  const fixed = graphs.find(({ fixed }) => fixed);
  return [
    "## Windows, margins and lengths",
    "",
    ...(fixed
      ? [
          `These graphs could not be left open: each takes exactly the frames that stand in its table, ${config.framesPerChunk} of which count. Fill a shorter sound with zeros and drop what comes of them.`,
          "",
        ]
      : []),
    ...(facts.framesTogether === 1
      ? []
      : [
          `- Frames come ${facts.framesTogether} at a time. Layers have a code for every ${facts.strides.join(", ")} frames; the graphs have it in each of them, a .nacre file once.`,
        ]),
    ...(facts.ownEnds ? innerGuide(config.framesPerChunk, facts) : outerGuide(config.framesPerChunk, facts)),
    "",
    `Layers are in order: any first k of them decode. For the others give the code that is one more than the largest (\`alphabets\` in config.json, by layer and place), which adds nothing.`,
    "",
    "## In Python",
    "",
    "Run in this folder; needs numpy and onnxruntime.",
    "",
    "```python",
    soundProgram.trim(),
    "```",
  ].join("\n");
}

function outerGuide(chunk: number, { hop, tailFrames, encoder, decoder }: SoundExportConfig): string[] {
  return [
    `- A sound of n samples is coded in ceil(n / ${hop}) + ${tailFrames} frames. Zeros stand before its first sample and after its last: give the encoder ${encoder.past} frames of them in front (${encoder.past * hop} samples), fill up the last frame, and add ${tailFrames + encoder.future} more behind. The encoder gives back ${encoder.past + encoder.future} frames fewer than it takes.`,
    `- The decoder takes ${decoder.past} frames of the codes of silence (\`silence\` in config.json) in front and ${decoder.future} behind, and gives back ${decoder.past + decoder.future} fewer. Cut what comes to n samples.`,
    `- A long sound is cut where you like: with that many frames of its neighbours in place of the zeros and of the silence, codes and samples are the same. A .nacre file is cut every ${chunk} frames.`,
  ];
}

function innerGuide(chunk: number, { hop, encoder, decoder }: SoundExportConfig): string[] {
  return [
    `- A sound of n samples is coded in ceil(n / ${hop}) frames; zeros fill up the last. The networks have ends of their own: give no context before the first sample or behind the last.`,
    `- A long sound is cut in windows that lie inside it. A .nacre file keeps ${chunk} frames of each; before them the encoder hears ${encoder.past} frames more and behind them ${encoder.future}, the decoder ${decoder.past} and ${decoder.future}. Shorter sounds are one window.`,
  ];
}

const soundProgram = `
import json
import numpy as np
import onnxruntime

config = json.load(open("config.json"))
names = ["encoder", "quantizer", "dequantizer", "decoder"]
graphs = {name: onnxruntime.InferenceSession(f"{name}.onnx") for name in names}


def encode(samples):
    """float32 [n], one channel at config["sampleRate"], to codes [1, layers, frames] (or [..., places])."""
    hop, margin = config["hop"], config["encoder"]
    together = config["framesTogether"]
    frames = -(-len(samples) // (hop * together)) * together + config["tailFrames"]
    past, future = (0, 0) if config["ownEnds"] else (margin["past"], margin["future"])
    padded = np.zeros((1, (past + frames + future) * hop), np.float32)
    padded[0, past * hop : past * hop + len(samples)] = samples
    (latent,) = graphs["encoder"].run(None, {"samples": padded})
    return graphs["quantizer"].run(None, {"latent": latent})[0]


def decode(codes, length):
    """The way back, to float32 [length]."""
    margin = config["decoder"]
    past, future = (0, 0) if config["ownEnds"] else (margin["past"], margin["future"])
    silence = np.array(config["silence"], np.int64).reshape(1, codes.shape[1], 1, *codes.shape[3:])
    parts = [silence.repeat(past, axis=2), codes, silence.repeat(future, axis=2)]
    (latent,) = graphs["dequantizer"].run(None, {"codes": np.concatenate(parts, axis=2)})
    return graphs["decoder"].run(None, {"latent": latent})[0][0, :length]
`;
