import type { Tensor } from "@nacre/graph";

/** How a trained tensor starts; `initialValues` draws it. */
export type Initial =
  | { kind: "zeros" }
  | { kind: "ones" }
  | { kind: "constant"; value: number }
  /** Gaussian of mean zero. */
  | { kind: "normal"; deviation: number }
  /** Even over -bound .. bound. */
  | { kind: "uniform"; bound: number }
  /** What `values` gives, row-major, as many as the shape holds. */
  | { kind: "given"; values: () => Float32Array };

/**
 * One trained tensor of a network.
 *
 * name   unique within the model, words joined by dots: "encoder.blocks.0.conv.weight"
 * decay  whether weight decay applies: matrices and kernels yes; biases, norms, scales no
 */
export type ParameterSpec = { name: string; shape: number[]; initial: Initial; decay: boolean };

/** Parameters by name as tensors: graph inputs while training, constants (baked) when running. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** Frames of input that one frame of output sees, beside its own. */
export type ReceptiveField = { past: number; future: number };

/** What a config costs and promises, computed from the config alone. */
export type NetworkDescription = {
  receptiveField: ReceptiveField;
  /**
   * Share of the network in the delay of the whole codec, in samples: the encoder's and the
   * decoder's add up to how long a sample waits at most before it comes out again.
   */
  delaySamples: number;
  /** Multiply-adds of matrix products and convolutions for one frame; elementwise work is not counted. */
  multiplyAddsPerFrame: number;
  /** Trained values, fixed transforms not counted. */
  parameterCount: number;
  /** Samples per second that the network was made for. */
  sampleRate: number;
  /** Samples from one frame to the next. */
  hop: number;
  /** Width D of the latent. */
  latentDim: number;
  /**
   * True: the network has an end of its own where its input ends (mirrored samples, an empty memory) and
   * does not see zeros there. Who cuts a long signal then lays every window inside it, `receptiveField`
   * frames wider than what is kept of it, and gives a short signal whole.
   */
  ownEnds?: boolean;
  /**
   * Frames that the network takes together, laid end to end from the first on; 1 by default. The number of frames
   * is then a multiple of it, and so is the place where a window begins.
   */
  framesTogether?: number;
};

/**
 * The residual blocks of one shape that stand one behind the other in the middle of a network: what can be looked at,
 * and left out, block by block.
 */
export type BlockChain<C, Input = Tensor> = {
  count(config: C): number;
  /** The config of the same network with the first `count` blocks alone; parameters keep their names. */
  first(config: C, count: number): C;
  /** What `forward` gives the first block, and what each block makes of it: `count + 1` tensors, [rows, width]. */
  states(config: C, parameters: Parameters, input: Input): Tensor[];
};

/**
 * What every architecture gives beside its graph. Its meaning never changes under one version: a changed
 * forward is a new version.
 */
export type Architecture<C, D> = {
  readonly name: string;
  readonly version: number;
  /**
   * Checks a config read from disk; every size is bounded before anything is allocated.
   * throws NacreError "model"
   */
  parse(json: unknown): C;
  /** The trained tensors, in a fixed order. */
  parameters(config: C): ParameterSpec[];
  describe(config: C): D;
};

/**
 * An encoder turns samples [B, T*hop] into a latent [B, T, D], a decoder turns it back, aligned, all
 * float32. Outside of 0 .. T both see zeros, in every block, unless their description says `ownEnds`; who cuts
 * a long signal gives `receptiveField` frames of context and drops what comes of them.
 */
export type Network<C> = Architecture<C, NetworkDescription> & {
  /**
   * Builds the graph.
   * throws NacreError "shape" when the input does not fit the config, "model" when a parameter is missing
   */
  forward(config: C, parameters: Parameters, input: Tensor): Tensor;
  /**
   * What of `forward` has its whole receptive field within the input, in the form that runs fastest: the
   * first `past` and last `future` frames are left out, and sums may be added in another order. `forward`
   * is the definition, which models are bound to; this one may change as long as it agrees with it within
   * rounding, which tests prove. Without it, `forward` is run and cut.
   *
   * input    frames more than past + future
   * returns  as `forward`, past + future frames fewer
   */
  infer?(config: C, parameters: Parameters, input: Tensor): Tensor;
  /** Absent where a network has no such blocks. */
  readonly blocks?: BlockChain<C>;
};
