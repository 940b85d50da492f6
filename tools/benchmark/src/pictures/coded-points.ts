import { type PicturePlanes, pictureMeasures, pictureMetrics } from "@nacre/metrics";
import type { Contender } from "./contender.js";
import type { NamedPicture } from "./picture-files.js";

/**
 * A contender at one setting; lists are by picture.
 *
 * bytes         of the files
 * bitsPerPixel  8 bytes / (width height)
 * measures      by the names of pictureMetrics; what is not finite becomes null in JSON
 * milliseconds  of processor time, all threads together: what other programs do at the same time counts little
 * storedShare   of tiles that another coding took over, where the codec has a guard
 * seconds       by the clock, with as many threads as the contender uses: what a user waits on an idle machine
 */
export type CodedPoint = {
  setting: number;
  bytes: number[];
  bitsPerPixel: number[];
  measures: Record<string, number[]>;
  milliseconds: { encode: number[]; decode: number[] };
  seconds: { encode: number[]; decode: number[] };
  storedShare?: number[];
};

/** Encodes and decodes every picture at every setting. */
export async function codedPoints(
  contender: Contender,
  pictures: readonly NamedPicture[],
  onPicture: () => void,
): Promise<CodedPoint[]> {
  const points: CodedPoint[] = [];
  for (const setting of contender.settings) {
    const coded: Coded[] = [];
    // What is opened when it is first needed is no part of the times.
    if (points.length === 0 && pictures[0]) await codedOnce(contender, pictures[0].picture, setting);
    for (const { picture } of pictures) {
      coded.push(await codedOnce(contender, picture, setting));
      onPicture();
    }
    points.push(pointOf(setting, coded));
  }
  return points;
}

type Coded = {
  bytes: number;
  bitsPerPixel: number;
  measures: Record<string, number>;
  stored: number | undefined;
  encode: Time;
  decode: Time;
};

type Time = { milliseconds: number; seconds: number };

async function codedOnce(contender: Contender, picture: PicturePlanes, setting: number): Promise<Coded> {
  const [file, encode] = await timed(() => contender.encode(picture, setting));
  const [decoded, decode] = await timed(() => contender.decode(file));
  return {
    bytes: file.length,
    bitsPerPixel: (8 * file.length) / (picture.width * picture.height),
    measures: pictureMeasures(picture, decoded),
    stored: contender.stored?.(file),
    encode,
    decode,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, Time]> {
  const [begun, clock] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(begun);
  return [result, { milliseconds: (user + system) / 1000, seconds: (performance.now() - clock) / 1000 }];
}

function pointOf(setting: number, coded: readonly Coded[]): CodedPoint {
  const names = pictureMetrics.map(({ name }) => name);
  const stored = coded.flatMap((each) => (each.stored === undefined ? [] : [each.stored]));
  return {
    setting,
    ...(stored.length > 0 && { storedShare: stored }),
    bytes: coded.map(({ bytes }) => bytes),
    bitsPerPixel: coded.map(({ bitsPerPixel }) => bitsPerPixel),
    measures: Object.fromEntries(names.map((name) => [name, coded.map(({ measures }) => measures[name]!)])),
    milliseconds: timesOf(coded, "milliseconds"),
    seconds: timesOf(coded, "seconds"),
  };
}

function timesOf(coded: readonly Coded[], unit: keyof Time): { encode: number[]; decode: number[] } {
  return { encode: coded.map(({ encode }) => encode[unit]), decode: coded.map(({ decode }) => decode[unit]) };
}
