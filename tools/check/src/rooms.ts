/** Who may import whom, and which rooms stay pure. This table is the rule; docs/architecture.md explains it. */

/**
 * mayImport  names of rooms, complete: nothing is inherited
 * pure       the room runs in a browser as it is (its `src/node` folder excepted)
 * brings     models that are installed with it: weights, no code, so nothing is imported from them
 */
export type Room = { mayImport: readonly string[]; pure: boolean; brings?: readonly string[] };

const networks = ["errors", "graph", "blocks"];
const coding = [
  ...networks,
  "bitstream",
  "decoder",
  "encoder",
  "entropy",
  "quantizer",
  "rotation-trick",
  "runtime",
  "signal",
];

/** One row per folder in packages/. */
export const rooms: Readonly<Record<string, Room>> = {
  errors: { mayImport: [], pure: true },
  signal: { mayImport: [], pure: true },
  graph: { mayImport: ["errors"], pure: true },
  runtime: { mayImport: ["errors"], pure: false },
  "rotation-trick": { mayImport: ["errors", "graph"], pure: true },
  quantizer: { mayImport: ["errors", "graph", "rotation-trick"], pure: true },
  blocks: { mayImport: ["errors", "graph"], pure: true },
  encoder: { mayImport: networks, pure: true },
  decoder: { mayImport: networks, pure: true },
  entropy: { mayImport: ["errors"], pure: true },
  bitstream: { mayImport: ["errors"], pure: true },
  codec: { mayImport: coding, pure: true },
  media: { mayImport: ["errors", "signal"], pure: false },
  metrics: { mayImport: ["errors", "signal"], pure: true },
  training: { mayImport: [...coding, "codec", "media"], pure: false },
  inspect: { mayImport: [...coding, "codec", "metrics"], pure: true },
  report: { mayImport: ["errors", "signal", "media", "inspect", "metrics"], pure: false },
  nacre: {
    mayImport: ["errors", "signal", "runtime", "bitstream", "codec", "media", "inspect"],
    pure: false,
    brings: ["speech-24k", "speech-24k-fsq-factorised", "photo"],
  },
  cli: {
    mayImport: [...coding, "codec", "media", "metrics", "training", "inspect", "report", "nacre"],
    pure: false,
  },
};

/** Packages with machine code in them, which a pure room never names. */
export const nativePackages: readonly string[] = [
  "onnxruntime-node",
  "onnxruntime-web",
  "sharp",
  "@jax-js/jax",
];

/** Globals that only Node has. */
export const nodeGlobals: readonly string[] = [
  "Buffer",
  "process",
  "__dirname",
  "__filename",
  "require",
  "setImmediate",
];
