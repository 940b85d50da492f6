/**
 * What every runtime looks like from outside. Rooms that run networks are handed one of these;
 * `@nacre/runtime/node` makes one over onnxruntime-node.
 */

/** Types of tensor elements that cross the runtime's door. */
export type ElementType = "float32" | "int32" | "int64" | "bool";

/** The typed array that holds each element type. */
export type ElementArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** A dense tensor, row-major: data.length is the product of shape. */
export type Value = { type: ElementType; shape: readonly number[]; data: ElementArray };

/** Values by the name of a graph's input or output. */
export type Values = Record<string, Value>;

/** A graph that is loaded and can be run; close it to free its memory. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** How many runs go on at once; more wait for their turn. 1 where it is not said. */
  readonly lanes?: number;
  /**
   * Runs the graph once. Outputs named in `into` are written into the arrays given there (same
   * type and shape, no allocation) and returned; all other outputs are allocated.
   * throws NacreError "runtime" when feeds or shapes do not fit or the engine fails
   */
  run(feeds: Values, into?: Values): Promise<Values>;
  close(): Promise<void>;
}

/** How a session is opened. */
export type SessionOptions = {
  /** Threads of this session; the number of cores by default. */
  threads?: number;
  /**
   * What the threads are for. "operators" (default): all of them work within one operator of one run.
   * "runs": each has a run of its own, so that `lanes` runs go on at once. On matrices of a few hundred
   * rows threads that meet after every operator lose most of what they gain; runs never wait for each
   * other, but each holds the memory of a whole session. A runtime that cannot do it takes "operators".
   */
  spread?: "operators" | "runs";
  /** Where it runs; "cpu" by default, anything else is passed to the engine and refused in words when absent. */
  device?: string;
};

/** An engine that opens ONNX graphs. */
export interface Runtime {
  readonly name: string;
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
