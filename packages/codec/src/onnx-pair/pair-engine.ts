import { NacreError } from "@nacre/errors";
import type { Runtime, Session, SessionOptions, Value, Values } from "@nacre/runtime";
import type { Engine } from "../engine.js";
import { codeFeeds, codeRows } from "./code-layout.js";
import type { PairConfig } from "./pair-config.js";
import type { PairModel } from "./pair-model.js";

/** Graphs that are run one after the other: what the first gives under one name goes into the next one's only input. */
export type Chain = {
  run(feeds: Values): Promise<Values>;
  lanes(): number | undefined;
  close(): Promise<void>;
};

/** Opens graphs when they are first needed. */
export function createChain(runtime: Runtime, options: SessionOptions, graphs: readonly Uint8Array[]): Chain {
  let opened: Promise<Session[]> | undefined;
  let lanes: number | undefined;
  return {
    async run(feeds) {
      opened ??= openAll(runtime, options, graphs);
      const sessions = await opened;
      lanes = sessions.at(-1)!.lanes;
      let values = feeds;
      for (const [index, session] of sessions.entries())
        values = await session.run(index === 0 ? values : { [session.inputNames[0]!]: joint(values) });
      return values;
    },
    lanes: () => lanes,
    async close() {
      const sessions = await opened?.catch(() => []);
      await Promise.all((sessions ?? []).map((session) => session.close()));
    },
  };
}

/** Joins a pair to a runtime; nothing is opened yet. See `Engine`. */
export function createPairEngine({ config, graphs }: PairModel, runtime: Runtime, threads?: number): Engine {
  const options = { spread: "runs" as const, ...(threads === undefined ? {} : { threads }) };
  const encoder = createChain(runtime, options, given(graphs.encoder, graphs.quantizer));
  const decoder = createChain(runtime, options, given(graphs.dequantizer, graphs.decoder));
  const { hop, layers, framesPerChunk } = config;
  return {
    async analyze(samples, first) {
      const rows = await analyzed(config, encoder, samples);
      return {
        codes: rows.subarray(first * layers, (first + framesPerChunk) * layers),
        latent: new Float32Array(0),
      };
    },
    async synthesize({ codes, first }, used) {
      const frames = codes.length / used;
      const samples = await synthesized(config, decoder, codes, used);
      const kept = Math.min(framesPerChunk, frames - first);
      return fitted(samples.subarray(first * hop), kept * hop);
    },
    windowsAhead(side, channels) {
      const lanes = (side === "encoder" ? encoder : decoder).lanes();
      return lanes === undefined ? 1 : Math.ceil(lanes / channels) + 1;
    },
    async close() {
      await Promise.all([encoder.close(), decoder.close()]);
    },
  };
}

/** How the encoder's side is run; what importing finds out, before there is a model. */
export type EncoderRun = Pick<PairConfig, "hop" | "layers" | "entries" | "encoder">;

/** Codes [frames, layers] of samples of whole frames. throws NacreError "model" for codes beyond the alphabet */
export async function analyzed(
  { hop, layers, entries, encoder }: EncoderRun,
  chain: Chain,
  samples: Float32Array,
): Promise<Int32Array> {
  const frames = samples.length / hop;
  const length = (encoder.frames ?? frames) * hop + encoder.extra;
  const shape = Array.from({ length: encoder.input.rank }, (_, axis) =>
    axis === encoder.input.rank - 1 ? length : 1,
  );
  const found = await chain.run({
    [encoder.input.name]: { type: "float32", shape, data: fitted(samples, length) },
  });
  const rows = codeRows(encoder.codes, found, frames);
  const wrong = rows.findIndex((code) => code < 0 || code >= entries);
  if (wrong < 0) return rows;
  throw new NacreError("model", {
    found: `code ${rows[wrong]} of the encoder in layer ${(wrong % layers) + 1}`,
    expected: `0 to ${entries - 1}`,
    mend: "import the model again with more --entries",
  });
}

/** How the decoder's side is run. */
export type DecoderRun = Pick<PairConfig, "entries" | "silence" | "decoder">;

/** Samples that the decoder gives for codes [frames, used]. */
export async function synthesized(
  { entries, silence, decoder }: DecoderRun,
  chain: Chain,
  codes: Int32Array,
  used: number,
): Promise<Float32Array> {
  const frames = codes.length / used;
  const rows = new Int32Array((decoder.frames ?? frames) * used);
  for (let at = 0; at < rows.length; at++) {
    const code = at < codes.length ? codes[at]! : entries;
    // A layer that was lost to damage has no code of its own here; silence is the least that can be said.
    rows[at] = code === entries ? silence[at % used]! : code;
  }
  const found = await chain.run(codeFeeds(decoder.codes, decoder.type, rows, used));
  return found[decoder.output]!.data as Float32Array;
}

async function openAll(runtime: Runtime, options: SessionOptions, graphs: readonly Uint8Array[]) {
  const sessions: Session[] = [];
  try {
    for (const graph of graphs) sessions.push(await runtime.open(graph, options));
    return sessions;
  } catch (error) {
    await Promise.all(sessions.map((session) => session.close()));
    throw error;
  }
}

/** The one float tensor that a graph hands on. */
function joint(values: Values): Value {
  return Object.values(values).find(({ type }) => type === "float32") ?? Object.values(values)[0]!;
}

function given(...graphs: (Uint8Array | undefined)[]): Uint8Array[] {
  return graphs.filter((graph) => graph !== undefined);
}

/** The values, cut or filled up with zeros. */
function fitted(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const out = new Float32Array(length);
  out.set(values.subarray(0, length));
  return out;
}
