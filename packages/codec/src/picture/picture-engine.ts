import { add, cast, clip, input, onnxModel, reshape, round, sub } from "@nacre/graph";
import type { Runtime, Session, Values } from "@nacre/runtime";
import { bakedParameters } from "../model-parts.js";
import { type PictureModel, sideReach } from "./picture-model.js";

/** Positions of a window. */
export type WindowSize = { rows: number; columns: number };

/** A model's two networks, opened for a size of window when it is first needed. */
export type PictureEngine = {
  /**
   * pixels   [3, rows * patch, columns * patch]
   * returns  codes [rows * columns, L * C], side [cells, Z] stored codes, latent [rows * columns, C] less its mean
   */
  analyze(
    pixels: Float32Array,
    size: WindowSize,
  ): Promise<{ codes: Int32Array; side: Int32Array; latent: Float32Array }>;
  /**
   * latent   [rows * columns, C], quantized
   * side     [cells, Z], whole numbers around zero
   * depth    content layers that the latent is the sum of, 0 .. L
   * returns  [3, rows * patch, columns * patch]
   */
  synthesize(window: {
    latent: Float32Array;
    side: Float32Array;
    depth: number;
    size: WindowSize;
  }): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Sizes of window of which networks are kept open; a picture has one. */
const keptSizes = 2;

/** Joins a model to a runtime; nothing is opened yet. */
export function createPictureEngine(model: PictureModel, runtime: Runtime, threads?: number): PictureEngine {
  const options = threads === undefined ? {} : { threads };
  const encoders = sessionsBySize((size) => runtime.open(encoderGraph(model, size), options));
  const decoders = sessionsBySize((size) => runtime.open(decoderGraph(model, size), options));
  const { patch, cell, context, quantizer } = model;
  const depths = model.decoder.network.describe(model.decoder.config).layers + 1;
  return {
    async analyze(pixels, size) {
      const shape = [1, 3, size.rows * patch, size.columns * patch];
      const found = await encoders.run(size, { picture: { type: "float32", shape, data: pixels } });
      return {
        codes: found.codes!.data as Int32Array,
        side: found.side!.data as Int32Array,
        latent: found.latent!.data as Float32Array,
      };
    },
    async synthesize({ latent, side, depth, size }) {
      const { rows, columns } = size;
      const oneHot = Float32Array.from({ length: depths }, (_, at) => (at === depth ? 1 : 0));
      const cells = [1, rows / cell, columns / cell, context.sideChannels];
      const found = await decoders.run(size, {
        latent: { type: "float32", shape: [1, rows, columns, quantizer.dimension], data: latent },
        side: { type: "float32", shape: cells, data: side },
        depth: { type: "float32", shape: [1, depths], data: oneHot },
      });
      return found.picture!.data as Float32Array;
    },
    async close() {
      await Promise.all([encoders.close(), decoders.close()]);
    },
  };
}

/** Opens sessions by size and closes the one that was used longest ago once it is idle. */
export function sessionsBySize(open: (size: WindowSize) => Promise<Session>) {
  type Held = { session: Promise<Session>; users: number };
  const held = new Map<string, Held>();
  const trim = async () => {
    for (const [key, { session, users }] of held) {
      if (held.size <= keptSizes) return;
      if (users > 0) continue;
      held.delete(key);
      await (await session).close();
    }
  };
  // What could not be opened is not kept.
  const opened = (key: string, size: WindowSize) =>
    open(size).catch((error: unknown) => {
      held.delete(key);
      throw error;
    });
  return {
    async run(size: WindowSize, feeds: Values): Promise<Values> {
      const key = `${size.rows}x${size.columns}`;
      const entry = held.get(key) ?? { session: opened(key, size), users: 0 };
      // Again at the end: a map keeps the order of insertion.
      held.delete(key);
      held.set(key, entry);
      entry.users++;
      try {
        return await (await entry.session).run(feeds);
      } finally {
        entry.users--;
        await trim();
      }
    },
    async close(): Promise<void> {
      const all = [...held.values()];
      held.clear();
      await Promise.all(all.map(async ({ session }) => (await session).close()));
    },
  };
}

function encoderGraph(model: PictureModel, { rows, columns }: WindowSize): Uint8Array {
  const { encoder, decoder, quantizer, patch, parameters } = model;
  const { network, config } = encoder;
  const picture = input("picture", "float32", [1, 3, rows * patch, columns * patch]);
  const weights = bakedParameters(network.parameters(config), parameters);
  const { latent, side } = network.forward(config, weights, picture);
  const whole = round(clip(side, -sideReach, sideReach));
  const told = bakedParameters(decoder.network.parameters(decoder.config), parameters);
  const mean = decoder.network.mean(decoder.config, told, whole);
  const flat = reshape(sub(latent, mean), [rows * columns, quantizer.dimension]);
  return onnxModel({
    name: "encoder",
    inputs: [picture],
    outputs: { codes: quantizer.encode(flat), side: cast(add(whole, sideReach), "int32"), latent: flat },
  });
}

function decoderGraph(model: PictureModel, { rows, columns }: WindowSize): Uint8Array {
  const { decoder, quantizer, cell, context, parameters } = model;
  const { network, config } = decoder;
  const latent = input("latent", "float32", [1, rows, columns, quantizer.dimension]);
  const side = input("side", "float32", [1, rows / cell, columns / cell, context.sideChannels]);
  const depth = input("depth", "float32", [1, network.describe(config).layers + 1]);
  const weights = bakedParameters(network.parameters(config), parameters);
  const picture = network.forward(config, weights, { latent, side, depth });
  return onnxModel({ name: "decoder", inputs: [latent, side, depth], outputs: { picture } });
}
