import type { Runtime } from "@nacre/runtime";
import { codeRows } from "./code-layout.js";
import type { PairConfig, PairFiles } from "./pair-config.js";
import { type PairDoors, pairDoors } from "./pair-doors.js";
import { openPair, type PairOptions, type ProbedPair, tried, unfitPair } from "./probe.js";
import { probeAlphabet } from "./probe-alphabet.js";
import { type ProbedDecoder, probeDecoder, takesPrefixes } from "./probe-decoder.js";
import { framesOf, type Observed, observe, type ProbedEncoder, probeEncoder } from "./probe-encoder.js";
import { decoderReach, encoderReach, type Reach } from "./probe-margins.js";

/** What of a pair's model.json is found out by running it, and sentences on how. */
export type ProbeResult = Pick<
  PairConfig,
  "sampleRate" | "hop" | "layers" | "entries" | "framesPerChunk" | "tail" | "prefixes" | "encoder" | "decoder"
> & { notes: string[] };

// Seconds that are coded together where nothing bounds them.
const secondsPerChunk = 8;

/**
 * Finds out what a pair of networks takes and gives, by running it.
 *
 * throws NacreError "model" for what is no codec, for sides that disagree, and for what has to be said by an option
 */
export async function probePair(
  files: PairFiles,
  options: PairOptions,
  runtime: Runtime,
): Promise<ProbeResult> {
  const doors = pairDoors(files);
  const pair = openPair(files, runtime, options);
  try {
    return await probed(doors, pair);
  } finally {
    await Promise.all([pair.encoder.close(), pair.decoder.close()]);
  }
}

async function probed(doors: PairDoors, pair: ProbedPair): Promise<ProbeResult> {
  const { sampleRate } = pair.options;
  const encoder = await probeEncoder(doors, pair);
  const { codes, layers } = encoder;
  const seen = largestCode(encoder);
  const [first] = encoder.observed as [Observed];
  const known = {
    codes,
    layers,
    seen: Math.max(2, seen + 1),
    frames: framesOf(codes, first),
    samples: first.samples,
  };
  const decoder = await probeDecoder(doors, pair, known);
  const hop = agreedHop(encoder, decoder, pair);
  const { frames, extra } = await windowOf(doors, pair, encoder, hop);
  const { entries, how } = await probeAlphabet(pair, decoder, layers, seen);
  const { name, shape } = doors.samplesIn;
  const encoderRun = {
    ...(frames === undefined ? {} : { frames }),
    ...{ past: 0, future: 0, input: { name, rank: shape.length }, extra, codes },
  };
  const decoderRun = {
    ...(decoder.frames === undefined ? {} : { frames: decoder.frames }),
    ...{ past: 0, future: 0, codes: decoder.codes, type: decoder.type, output: doors.samplesOut.name },
  };
  const silence = Array.from({ length: layers }, () => 0);
  const run = { hop, layers, entries, silence, encoder: encoderRun, decoder: decoderRun };
  const { encoder: from, decoder: to, notes } = await reaches(pair, run);
  const tail = Math.max(0, Math.ceil(decoder.short / hop));
  const windows = windowSizes({ ...run, sampleRate }, from, { ...to, future: Math.max(to.future, tail) });
  const prefixes = await takesPrefixes(doors, pair, decoder, layers);
  return {
    ...{ sampleRate, hop, layers, entries, tail, prefixes },
    framesPerChunk: windows.chunk,
    encoder: { ...encoderRun, ...windows.encoder },
    decoder: { ...decoderRun, ...windows.decoder },
    notes: [
      `hop ${hop} samples, from the decoder's lengths`,
      `${entries} entries: ${how}`,
      ...notes,
      prefixes
        ? "the decoder takes the first layers alone"
        : `the decoder takes all ${layers} layers together, so files cannot be decoded from fewer`,
    ],
  };
}

function largestCode({ codes, observed }: ProbedEncoder): number {
  return observed
    .flatMap((each) => [...codeRows(codes, each.found, framesOf(codes, each))])
    .reduce((most, code) => Math.max(most, code), 0);
}

/** The hop of both sides. Codes of two lengths tell the encoder's as closely as the lengths allow. */
function agreedHop(
  { codes, observed }: ProbedEncoder,
  decoder: ProbedDecoder,
  { options }: ProbedPair,
): number {
  const { hop } = decoder;
  if (options.hop !== undefined && options.hop !== hop)
    throw unfitPair(`a decoder of ${hop} samples for a frame`, `the ${options.hop} that --hop says`);
  const [first, second] = observed as [Observed, Observed | undefined];
  const [samples, frames] = second
    ? [second.samples - first.samples, framesOf(codes, second) - framesOf(codes, first)]
    : [first.samples, framesOf(codes, first)];
  // A step of frames may lie anywhere within a hop.
  if (Math.abs(samples - frames * hop) < 2 * hop) return hop;
  throw unfitPair(
    `an encoder that gives ${frames} frames for ${samples} samples beside a decoder of ${hop} samples for a frame`,
    "a pair with one hop",
    "check that the files are of one codec, or say how the codes lie with --layout",
  );
}

/** Frames that the encoder always gives, and samples that a window of whole frames needs more to give as many. */
async function windowOf(
  { samplesIn }: PairDoors,
  pair: ProbedPair,
  { length, codes, observed }: ProbedEncoder,
  hop: number,
): Promise<{ frames?: number; extra: number }> {
  if (length !== undefined) {
    const frames = framesOf(codes, observed[0]!);
    return { frames, extra: length - frames * hop };
  }
  const gives = async (samples: number) => {
    const found = await tried(() => observe(pair, samplesIn, samples));
    return "value" in found ? framesOf(codes, found.value) : -1;
  };
  const [few, more] = [24, 33];
  for (const extra of [0, -1, ...[1, 2, 3, 4].map((count) => count * hop)]) {
    const right = (await gives(few * hop + extra)) === few && (await gives(more * hop + extra)) === more;
    if (right) return { extra };
  }
  throw unfitPair(
    `an encoder that gives ${await gives(few * hop)} frames for ${few} times ${hop} samples`,
    `${few}, or as many with up to four frames of zeros behind`,
  );
}

type Run = Pick<PairConfig, "hop" | "layers" | "entries" | "silence" | "encoder" | "decoder">;

async function reaches(pair: ProbedPair, run: Run) {
  const { margin } = pair.options;
  const said = { past: margin ?? 0, future: margin ?? 0, all: false };
  const encoder = margin === undefined ? await encoderReach(pair, run) : said;
  const decoder = margin === undefined ? await decoderReach(pair, run) : said;
  const how = margin === undefined ? "measured by changing one frame in three trials" : "as was said";
  const text = (name: string, { past, future, all }: Reach) =>
    `the ${name} reaches ${past} frames back and ${future} ahead${all ? ", or further: as far as was looked" : ""}`;
  return { encoder, decoder, notes: [`${text("encoder", encoder)}, ${text("decoder", decoder)}: ${how}`] };
}

/** How long windows are: those that always have one length take all the context that is left. */
function windowSizes(run: Run & { sampleRate: number }, from: Reach, to: Reach) {
  const free = (frames: number | undefined, { past, future }: Reach) =>
    frames === undefined ? Number.POSITIVE_INFINITY : frames - past - future;
  const wanted = Math.max(1, Math.round((secondsPerChunk * run.sampleRate) / run.hop));
  const chunk = Math.min(wanted, 4096, free(run.encoder.frames, from), free(run.decoder.frames, to));
  if (chunk < 1) {
    throw unfitPair(
      `windows of ${run.encoder.frames ?? run.decoder.frames} frames, each of which sees all others`,
      "frames that see less than a window",
      "say with --margin 0 that windows are coded by themselves",
    );
  }
  const side = (frames: number | undefined, { past, future }: Reach) => ({
    past: frames === undefined ? past : frames - chunk - future,
    future,
  });
  return { chunk, encoder: side(run.encoder.frames, from), decoder: side(run.decoder.frames, to) };
}
