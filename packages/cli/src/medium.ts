import type { StreamHeader } from "@nacre/bitstream";
import type { LayerCodes } from "@nacre/codec";
import type { NacreError } from "@nacre/errors";
import type { RoundTrips } from "@nacre/report";
import type { Fact } from "./facts.js";
import type { Options } from "./options.js";
import type { Source } from "./source.js";
import type { Verb } from "./verb.js";

/**
 * What surrounds one piece of work.
 *
 * signal    aborted when it shall end properly where it is
 * progress  how far it is
 * warn      a sentence about something wrong that was got over
 */
export type Task = {
  signal: AbortSignal;
  progress(label: string, done: number, total?: number): void;
  warn(sentence: string): void;
};

/**
 * A result on its way into a file or pipe.
 *
 * pieces  the file's bytes, to be read once; where the result's name has a number in it ("%05d"), a file each
 * start   asked when the pieces are through: bytes to put over the beginning, where it was written before the
 *         length was known
 * facts   asked at the end: what to tell of it, file sizes aside
 * failure asked at the end: what ended the work before its time, though what was made until then is good and is kept
 */
export type Work = {
  pieces: AsyncIterable<Uint8Array>;
  start?(): Promise<Uint8Array | undefined>;
  facts(bytes: number): Fact[];
  failure?(): NacreError | undefined;
};

/**
 * What inspection found.
 *
 * report  the JSON of it
 * table   for a terminal
 * page    one HTML page that needs nothing else; only where it was asked for
 */
export type Inspection = { report: object; table: string; page?: string };

/**
 * How inspection is asked for.
 *
 * original  what a .nacre file was made from
 * measures  names of those to take, or all; those that cost little where it is left out
 * against   other data whose use of codes is compared
 * page      that a page is wanted; `command` is shown on it
 */
export type InspectRequest = {
  original?: Source;
  measures?: readonly string[] | "all";
  against?: Source;
  page?: { title: string; command: string };
};

/** How training is asked for. */
export type TrainRequest = {
  inputs: readonly string[];
  out: string;
  work: string;
  name: string;
  steps?: number;
  recipe?: string;
  /** Name or folder of the model that training begins from. */
  from?: string;
};

/**
 * How importing another project's model is asked for.
 *
 * from     its folder or weights
 * as       the family it is of, where the user says so
 * sounds   signals to count codes in
 * licence  to be told, before anything is done, what the licence of the published weights is
 */
export type ImportRequest = {
  from: string;
  as?: string;
  out: string;
  name: string;
  sounds: readonly Source[];
  licence(sentence: string): void;
};

/**
 * How importing a codec of ONNX files is asked for.
 *
 * encoder, decoder, quantizer, dequantizer  paths of the files
 * rate                                      hertz
 * hop, entries, margin, layout              what cannot be found out, where that is so
 */
export type PairRequest = Pick<ImportRequest, "out" | "name" | "sounds"> & {
  encoder: string;
  decoder: string;
  quantizer?: string;
  dequantizer?: string;
  rate: number;
  hop?: number;
  entries?: number;
  margin?: number;
  layout?: string;
  licence?: string;
  /** A sentence on what was found out, and how. */
  note(sentence: string): void;
};

/**
 * How writing a model for other programs is asked for.
 *
 * model  its name or folder
 * form   "onnx" or "safetensors"
 * half   weights of safetensors as fp16
 */
export type ExportRequest = { model: string; out: string; form: "onnx" | "safetensors"; half: boolean };

/** What there is to tell of an installed model. */
export type ModelSummary = { id: string; folder: string; description: string; facts: Fact[] };

/** An open model of a medium. Numbers of layers are those the user gave; what does not fit is NacreError "option". */
export type OpenModel = {
  /** "name@version", as files name it. */
  readonly id: string;
  /** `options` holds `layers` and the values of the medium's own encodeOptions. */
  encode(source: Source, options: Record<string, unknown>, task: Task): Promise<Work>;
  /**
   * `options` holds `layers`, `recover`, `ending` (one of the medium's outputExtensions, which says what kind of file
   * to make) and the values of the medium's own decodeOptions.
   */
  decode(source: Source, options: Record<string, unknown>, task: Task): Promise<Work>;
  /** Codes [layer][channel] of a signal or a .nacre file. */
  codes(source: Source, task: Task): Promise<{ codes: LayerCodes[][]; facts: Fact[] }>;
  /** What each layer of a signal or a .nacre file does. throws NacreError "option" for a measure that there is not */
  inspect(source: Source, options: InspectRequest, task: Task): Promise<Inspection>;
  /** What `report` needs; absent where the medium has no report yet. */
  readonly roundTrips?: RoundTrips;
  close(): Promise<void>;
};

/**
 * What a program of one medium brings. All else is the same for every medium.
 *
 * program, version  of the command line
 * noun, nouns       what it works on: "sound", "sounds"
 * media             what its .nacre files say that they hold
 * example           a file's name for help texts, without its ending: "speech"
 * extensions        of files that can be encoded, lower case with dot, the usual one first
 * outputExtensions  of decoded files, in the same form, the one that is made unless another is asked for first
 * defaultModel      the name of the model when none is given
 * encodeOptions     options of its own for encode, such as a rate in its own unit
 * decodeOptions     options of its own for decode
 * folders           true where a folder is one input of encode and not many
 * verbs             verbs that this medium alone has
 */
export type Medium = {
  program: string;
  version: string;
  noun: string;
  nouns: string;
  media: StreamHeader["media"];
  example: string;
  extensions: readonly string[];
  outputExtensions: readonly string[];
  defaultModel: string;
  encodeOptions: Options;
  decodeOptions: Options;
  folders?: boolean;
  verbs?: readonly Verb[];
  /** throws NacreError "model" when there is none or it is damaged */
  open(model: string, options: { threads?: number }): Promise<OpenModel>;
  models(): Promise<ModelSummary[]>;
  /** Families of other projects' models that can be imported, as `--as` takes them. */
  importable: readonly string[];
  /** Writes a model's folder out of another project's files. throws NacreError "model" when they do not fit */
  importModel(request: ImportRequest, task: Task): Promise<ModelSummary>;
  /** Orders of the axes of codes that `importPair` takes, and the same for a codec of ONNX files; absent: none can be. */
  pairs?: {
    layouts: readonly string[];
    importPair(request: PairRequest, task: Task): Promise<ModelSummary>;
  };
  /**
   * Writes a model for other programs; absent where the medium's models cannot be. throws NacreError "model" when
   * there is none or it is damaged
   */
  exportModel?(
    request: ExportRequest,
  ): Promise<{ id: string; folder: string; files: { name: string; bytes: number }[] }>;
  /** What a whole .nacre file of this medium says of its signal. */
  describe(file: Uint8Array): Fact[];
  /** Trains a model on the user's own files and writes its folder; ends early, with a model, at the signal. */
  train(request: TrainRequest, task: Task): Promise<{ folder: string; facts: Fact[] }>;
};
