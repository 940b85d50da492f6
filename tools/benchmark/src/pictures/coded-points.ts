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
 */
export type CodedPoint = {
  setting: number;
  bytes: number[];
  bitsPerPixel: number[];
  measures: Record<string, number[]>;
  milliseconds: { encode: number[]; decode: number[] };
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
  encode: number;
  decode: number;
};

async function codedOnce(contender: Contender, picture: PicturePlanes, setting: number): Promise<Coded> {
  const [file, encode] = await timed(() => contender.encode(picture, setting));
  const [decoded, decode] = await timed(() => contender.decode(file));
  return {
    bytes: file.length,
    bitsPerPixel: (8 * file.length) / (picture.width * picture.height),
    measures: pictureMeasures(picture, decoded),
    encode,
    decode,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begun = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(begun);
  return [result, (user + system) / 1000];
}

function pointOf(setting: number, coded: readonly Coded[]): CodedPoint {
  const names = pictureMetrics.map(({ name }) => name);
  return {
    setting,
    bytes: coded.map(({ bytes }) => bytes),
    bitsPerPixel: coded.map(({ bitsPerPixel }) => bitsPerPixel),
    measures: Object.fromEntries(names.map((name) => [name, coded.map(({ measures }) => measures[name]!)])),
    milliseconds: { encode: coded.map(({ encode }) => encode), decode: coded.map(({ decode }) => decode) },
  };
}
