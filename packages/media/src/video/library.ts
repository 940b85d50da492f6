import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { NacreError } from "@nacre/errors";

/** What is used of mediabunny, as its documentation of 1.59 has it; see https://mediabunny.dev. */
export type MediaLibrary = {
  Input: new (options: { source: unknown; formats: readonly unknown[] }) => MediaInput;
  FilePathSource: new (path: string) => unknown;
  ALL_FORMATS: readonly unknown[];
  EncodedPacketSink: new (
    track: MediaTrack,
  ) => {
    packets(
      start?: undefined,
      end?: undefined,
      options?: { metadataOnly: boolean },
    ): AsyncIterable<{ timestamp: number; duration: number }>;
  };
  VideoSampleSink: new (track: MediaTrack) => { samples(): AsyncIterable<MediaVideoSample> };
  AudioSampleSink: new (track: MediaTrack) => { samples(): AsyncIterable<MediaAudioSample> };
  VideoSample: new (
    data: Uint8Array,
    init: {
      format: "I420";
      codedWidth: number;
      codedHeight: number;
      timestamp: number;
      duration: number;
      colorSpace: MediaColours;
    },
  ) => MediaVideoSample;
  AudioSample: new (init: {
    data: Float32Array;
    format: "f32-planar";
    numberOfChannels: number;
    sampleRate: number;
    timestamp: number;
  }) => MediaAudioSample;
  Output: new (options: {
    format: unknown;
    target: unknown;
  }) => {
    addVideoTrack(source: MediaSampleSource<MediaVideoSample>, metadata?: { frameRate?: number }): void;
    addAudioTrack(source: MediaSampleSource<MediaAudioSample>): void;
    start(): Promise<void>;
    finalize(): Promise<void>;
    cancel(): Promise<void>;
  };
  Mp4OutputFormat: new (options: { fastStart: false | "fragmented" }) => unknown;
  StreamTarget: new (stream: WritableStream<{ data: Uint8Array; position: number }>) => unknown;
  VideoSampleSource: new (options: {
    codec: string;
    bitrate: unknown;
    keyFrameInterval: number;
  }) => MediaSampleSource<MediaVideoSample>;
  AudioSampleSource: new (options: { codec: string; bitrate: number }) => MediaSampleSource<MediaAudioSample>;
  QUALITY_VERY_HIGH: unknown;
};

/** A file that is being read. */
export type MediaInput = {
  getPrimaryVideoTrack(): Promise<MediaTrack | null>;
  getPrimaryAudioTrack(): Promise<MediaTrack | null>;
  getDurationFromMetadata(): Promise<number | null>;
  dispose(): void;
};

/** A track of pictures or sound; width and height are of pictures, the others of sound. */
export type MediaTrack = {
  codec: string | null;
  codedWidth: number;
  codedHeight: number;
  rotation: number;
  timeResolution: number;
  sampleRate: number;
  numberOfChannels: number;
  canDecode(): Promise<boolean>;
  getColorSpace(): Promise<MediaColours>;
};

/** Names of WebCodecs' VideoColorSpace; null or nothing where nobody says. */
export type MediaColours = {
  primaries?: string | null;
  transfer?: string | null;
  matrix?: string | null;
  fullRange?: boolean | null;
};

/** A decoded frame; times in seconds. */
export type MediaVideoSample = {
  format: string | null;
  visibleRect: { left: number; top: number; width: number; height: number };
  timestamp: number;
  duration: number;
  colorSpace: MediaColours;
  pixelAspectRatio: { num: number; den: number };
  allocationSize(): number;
  copyTo(into: Uint8Array): Promise<{ offset: number; stride: number }[]>;
  close(): void;
};

/** Decoded samples; times in seconds. */
export type MediaAudioSample = {
  timestamp: number;
  sampleRate: number;
  numberOfFrames: number;
  numberOfChannels: number;
  copyTo(into: Float32Array, options: { planeIndex: number; format: "f32-planar" }): void;
  close(): void;
};

/** Takes samples on their way into a file. */
export type MediaSampleSource<Sample> = { add(sample: Sample): Promise<void>; close(): void };

const version = "1.59.0";
const names = ["mediabunny", "@mediabunny/server"] as const;
/** Names the folder that holds the library, where it is not installed beside the program or in the working directory. */
const folderVariable = "NACRE_VIDEO_LIBRARY";

/** FFmpeg's AV_LOG_QUIET. */
const quiet = -8;

let loaded: Promise<MediaLibrary> | undefined;

/**
 * The library that reads and writes MP4, WebM and MOV: mediabunny with its server part, where the user has installed them.
 * Looked for beside this program, in the folder that NACRE_VIDEO_LIBRARY names, and in the working directory.
 *
 * It is no dependency: its machine code holds x264 and x265, which are under the GPL.
 *
 * file    what it is needed for, for the sentence
 * throws  NacreError "media" with the command that installs it
 */
export function mediaLibrary(file: string): Promise<MediaLibrary> {
  loaded ??= load(file).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(file: string): Promise<MediaLibrary> {
  const places = [import.meta.url, ...[process.env[folderVariable], "."].flatMap(asModule)];
  for (const place of places) {
    const require = createRequire(place);
    try {
      const [library, server] = names.map((name) => require.resolve(name));
      return await quietly(library!, server!);
    } catch (cause) {
      if (!isMissing(cause)) throw notWorking(file, cause);
    }
  }
  throw new NacreError("media", {
    found: `${file} needs a library that is not installed`,
    expected: `${names.join(" and ")} ${version}`,
    mend: `npm install ${names.map((name) => `${name}@${version}`).join(" ")} (its binaries hold GPL parts), or convert the video to .y4m`,
  });
}

function asModule(folder: string | undefined): string[] {
  return folder ? [pathToFileURL(join(resolve(folder), "index.js")).href] : [];
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND";
}

/** Loads both as one instance, and silences FFmpeg, which tells of every graphics card that it does not find. */
async function quietly(library: string, server: string): Promise<MediaLibrary> {
  const { Log }: { Log: { setLevel(level: number): void } } = await import(
    pathToFileURL(createRequire(server).resolve("node-av")).href
  );
  const found: MediaLibrary = await import(await moduleOf(library));
  const { registerMediabunnyServer }: { registerMediabunnyServer(): void } = await import(
    await moduleOf(server)
  );
  registerMediabunnyServer();
  // After that, which sets a level of its own.
  Log.setLevel(quiet);
  return found;
}

/** What `import` gives of a package; `require` gives another copy, and two do not work together. */
async function moduleOf(resolved: string): Promise<string> {
  let folder = dirname(resolved);
  for (; !existsSync(join(folder, "package.json")); folder = dirname(folder));
  const { exports }: { exports?: unknown } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const entry = importOf(exports);
  return pathToFileURL(entry ? join(folder, entry) : resolved).href;
}

function importOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  if (typeof entry !== "object" || entry === null) return undefined;
  const { ".": main, node, import: own } = entry as Record<string, unknown>;
  return importOf(main) ?? importOf(node) ?? importOf(own);
}

function notWorking(file: string, cause: unknown): NacreError {
  const words = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
  return new NacreError(
    "media",
    {
      found: `${file} needs a library that does not start here: ${words}`,
      mend: `install ${names.join(" and ")} ${version} anew, or convert the video to .y4m`,
    },
    { cause: cause instanceof Error ? cause : undefined },
  );
}
