import { cast, input, reshape, type Sizes, type Tensor, transpose } from "@nacre/graph";
import { inferred } from "../engine.js";
import { codesPerFrame } from "../layer-symbols.js";
import type { NetworkModel } from "../model.js";
import { type ExportedGraph, exportGraph } from "./exported-graph.js";

/** Frames of context that the exported graphs of a sound model take and do not give back. */
export type SoundMargins = { encoder: number; decoderPast: number; decoderFuture: number };

/** What the graphs take beside what they give; none where a network has ends of its own. */
export function soundMargins({ encoder, decoder }: NetworkModel): SoundMargins {
  const from = encoder.network.describe(encoder.config);
  const to = decoder.network.describe(decoder.config);
  return {
    encoder: from.ownEnds ? 0 : from.receptiveField.past + from.receptiveField.future,
    decoderPast: to.ownEnds ? 0 : to.receptiveField.past,
    decoderFuture: to.ownEnds ? 0 : to.receptiveField.future,
  };
}

/** A sound model as four ONNX graphs: what the codec runs, in the layout [batch, layers, frames]. */
export function soundGraphs(model: NetworkModel): ExportedGraph[] {
  const { hop, quantizer, config } = model;
  const { layers, dimension } = quantizer;
  const places = codesPerFrame(model);
  const margins = soundMargins(model);
  const around = margins.decoderPast + margins.decoderFuture;
  const chunk = config.framesPerChunk;
  const codes = `[1, ${layers}, frames${places === 1 ? "" : `, ${places}`}]`;
  const sizesFor = (margin: number) => ({
    least: { frames: margin + 16 },
    fixed: { frames: margin + chunk },
  });
  return [
    exportGraph({
      name: "encoder",
      does: "samples to the latent",
      ...sizesFor(margins.encoder),
      build({ frames = 0 }) {
        const samples = input("samples", "float32", [1, frames * hop]);
        return { inputs: [samples], outputs: { latent: inferred(model, model.encoder, samples, frames) } };
      },
      ports: {
        samples: [`[1, ${hop} * frames]`, `one channel at ${model.sampleRate} Hz, -1 to 1`],
        latent: [`[1, ${less("frames", margins.encoder)}, ${dimension}]`, "one row for each frame"],
      },
    }),
    exportGraph({
      name: "quantizer",
      does: "the latent to codes",
      ...sizesFor(0),
      build(sizes) {
        const latent = input("latent", "float32", [1, sizes.frames!, dimension]);
        const rows = model.quantizer.encode(reshape(latent, [sizes.frames!, dimension]));
        return { inputs: [latent], outputs: { codes: cast(layersFirst(rows, layers, places), "int64") } };
      },
      ports: {
        latent: [`[1, frames, ${dimension}]`, "as the encoder gives it"],
        codes: [codes, "whole numbers from 0; the first layer is the coarsest"],
      },
    }),
    exportGraph({
      name: "dequantizer",
      does: "codes to the latent",
      ...sizesFor(0),
      build: (sizes) => dequantizer(model, sizes),
      ports: {
        codes: [codes, "as the quantizer gives them; the code of a layer that is left out adds nothing"],
        latent: [`[1, frames, ${dimension}]`, "the sum of the layers' vectors"],
      },
    }),
    exportGraph({
      name: "decoder",
      does: "the latent to samples",
      ...sizesFor(around),
      build({ frames = 0 }) {
        const latent = input("latent", "float32", [1, frames, dimension]);
        return { inputs: [latent], outputs: { samples: inferred(model, model.decoder, latent, frames) } };
      },
      ports: {
        latent: [`[1, frames, ${dimension}]`, "as the dequantizer gives it"],
        samples: [
          `[1, ${hop} * ${around === 0 ? "frames" : `(${less("frames", around)})`}]`,
          `one channel at ${model.sampleRate} Hz`,
        ],
      },
    }),
  ];
}

function dequantizer(model: NetworkModel, { frames = 0 }: Sizes) {
  const { layers, dimension } = model.quantizer;
  const places = codesPerFrame(model);
  const codes = input("codes", "int64", [1, layers, frames, ...(places === 1 ? [] : [places])]);
  const rows = transpose(reshape(codes, [layers, frames, places]), [1, 0, 2]);
  const latent = model.quantizer.decode(cast(reshape(rows, [frames, layers * places]), "int32"));
  return { inputs: [codes], outputs: { latent: reshape(latent, [1, frames, dimension]) } };
}

/** [frames, layers * places] to [1, layers, frames] or, with several codes per frame, [1, layers, frames, places]. */
function layersFirst(rows: Tensor, layers: number, places: number): Tensor {
  const frames = rows.shape[0]!;
  const apart = transpose(reshape(rows, [frames, layers, places]), [1, 0, 2]);
  return reshape(apart, [1, layers, frames, ...(places === 1 ? [] : [places])]);
}

function less(size: string, count: number): string {
  return count === 0 ? size : `${size} - ${count}`;
}
