/** One session of onnxruntime on the calling thread. */
import { availableParallelism } from "node:os";
import { assert, isNacreError, NacreError } from "@nacre/errors";
import type * as Ort from "onnxruntime-node";
import type { ElementArray, Session, SessionOptions, Value, Values } from "../index.js";
import {
  checkFeeds,
  checkInto,
  closedError,
  copyInto,
  isElementType,
  isShared,
  type Port,
  type Signature,
} from "./signature.js";

/** A session that also tells what its graph takes and gives. */
export type EngineSession = Session & { readonly signature: Signature };

/**
 * Opens a model on the calling thread; `run` blocks it while the engine works.
 * throws NacreError "runtime" when the engine, the device or the model does not load
 */
export async function openEngine(model: Uint8Array, options: SessionOptions): Promise<EngineSession> {
  const engineOptions = readOptions(options);
  const ort = await loadEngine();
  const device = options.device ?? "cpu";
  refuseUnknownDevice(ort, device);
  const session = await createSession(ort, unshare(model), engineOptions, device);
  try {
    return wrap(ort, session, readSignature(session));
  } catch (error) {
    await session.release();
    throw error;
  }
}

function wrap(ort: typeof Ort, session: Ort.InferenceSession, signature: Signature): EngineSession {
  const underWay = new Set<Promise<Values>>();
  let closing: Promise<void> | undefined;
  return {
    signature,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, into = {}) {
      if (closing) throw closedError();
      checkFeeds(signature, feeds);
      checkInto(signature, into, feeds);
      const result = runOnce(ort, session, feeds, into);
      underWay.add(result);
      return result.finally(() => underWay.delete(result));
    },
    close() {
      closing ??= Promise.allSettled(underWay).then(() => session.release());
      return closing;
    },
  };
}

async function runOnce(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  feeds: Values,
  into: Values,
): Promise<Values> {
  const tensor = ({ type, data, shape }: Value) => new ort.Tensor(type, unshare(data), shape) as Ort.Tensor;
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, tensor(value)]));
  // The engine writes into plain memory only: shared arrays are filled from an allocated output.
  const direct = (name: string) => into[name] !== undefined && !isShared(into[name].data);
  const outputs = Object.fromEntries(
    session.outputNames.map((name) => [name, direct(name) ? tensor(into[name]!) : null]),
  );
  const results = await engineWords("the graph could not be run", () => session.run(inputs, outputs));
  return Object.fromEntries(
    session.outputNames.map((name) => {
      const target = into[name];
      if (target && direct(name)) return [name, target];
      const value = readTensor(results[name]);
      if (target) copyInto(name, value, target);
      return [name, target ?? value];
    }),
  );
}

function readTensor(tensor: Ort.Tensor | undefined): Value {
  assert(tensor && isElementType(tensor.type), "the engine gives every output in its declared type");
  return { type: tensor.type, shape: [...tensor.dims], data: tensor.data as ElementArray };
}

function readSignature(session: Ort.InferenceSession): Signature {
  return {
    inputs: session.inputMetadata.map((port) => readPort("input", port)),
    outputs: session.outputMetadata.map((port) => readPort("output", port)),
  };
}

function readPort(kind: string, port: Ort.InferenceSession.ValueMetadata): Port {
  const type = port.isTensor ? port.type : "not a tensor";
  if (!port.isTensor || !isElementType(type)) {
    throw new NacreError("runtime", {
      found: `${kind} "${port.name}" is ${type}`,
      expected: "float32, int32, int64 or bool",
      mend: "put a Cast at the edge of the graph",
    });
  }
  // A size the model leaves open comes as "" here; "?" reads better in an error.
  return {
    name: port.name,
    type,
    shape: port.shape.map((size) => (size === "" || size === undefined ? "?" : size)),
  };
}

function readOptions({
  threads = availableParallelism(),
  device = "cpu",
}: SessionOptions): Ort.InferenceSession.SessionOptions {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new NacreError("option", { found: `threads is ${threads}`, expected: "a whole number from 1" });
  }
  // Severity 4: nothing. Errors are thrown with their words, and a graph whose limits are tried out makes many.
  return { intraOpNumThreads: threads, executionProviders: [device], logSeverityLevel: 4 };
}

async function loadEngine(): Promise<typeof Ort> {
  try {
    const ort = await import("onnxruntime-node");
    ort.env.logLevel = "fatal";
    return ort;
  } catch (cause) {
    throw new NacreError(
      "runtime",
      {
        found: `onnxruntime-node did not load on ${process.platform} ${process.arch} (${firstLine(cause)})`,
        expected: "linux or win32 on x64 or arm64, or darwin on arm64",
      },
      { cause },
    );
  }
}

function refuseUnknownDevice(ort: typeof Ort, device: string): void {
  const devices = ort.listSupportedBackends().map((backend) => backend.name);
  if (devices.includes(device)) return;
  throw new NacreError("runtime", {
    found: `device "${device}" is not in this engine`,
    expected: devices.map((name) => `"${name}"`).join(" or "),
    mend: 'open the model with device "cpu"',
  });
}

function createSession(
  ort: typeof Ort,
  model: Uint8Array,
  options: Ort.InferenceSession.SessionOptions,
  device: string,
): Promise<Ort.InferenceSession> {
  const where = device === "cpu" ? "" : ` on device "${device}"`;
  return engineWords(`the model of ${model.length} bytes could not be opened${where}`, () =>
    ort.InferenceSession.create(model, options),
  );
}

async function engineWords<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isNacreError(cause)) throw cause;
    throw new NacreError("runtime", `${what}: ${firstLine(cause)}`, { cause });
  }
}

function firstLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split("\n", 1)[0]!.trim();
}

function unshare<T extends ElementArray>(data: T): T {
  return isShared(data) ? (data.slice() as T) : data;
}
