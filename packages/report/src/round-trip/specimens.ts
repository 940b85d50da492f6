import type { RoundTripFile, RoundTripPoint } from "./schema.js";
import type { TripRequest } from "./take-trip.js";
import type { Specimen, TripCoder, TripMedium, TripSource } from "./trip-medium.js";

/** A specimen and the point that it belongs to; none for the original. */
export type PlacedSpecimen = { specimen: Specimen; point?: RoundTripPoint };

/** What can be heard or seen of a file, one after the other; see RoundTrips. */
export async function* specimensOf<Signal>(
  medium: TripMedium<Signal>,
  coder: TripCoder<Signal>,
  source: TripSource,
  { points }: RoundTripFile,
  { rates }: TripRequest,
): AsyncGenerator<PlacedSpecimen> {
  const signal = await medium.read(source);
  yield { specimen: await medium.specimen(signal) };
  const own = points.filter(({ contender }) => contender === coder.model.id);
  const prefixes = own.some(({ layers }) => layers !== undefined);
  const whole = prefixes ? await coder.encode(signal) : undefined;
  for (const point of own) {
    const file = whole ?? (await coder.atRate!(signal, rateOf(point)));
    yield { point, specimen: await medium.specimen(await coder.decode(file, point.layers), signal) };
  }
  for (const { name, trials } of medium.baselines) {
    const point = nearest(
      points.filter(({ contender }) => contender === name),
      own.at(-1)?.rate,
    );
    const trial = point && trials(signal, rates).find(({ setting }) => setting === point.setting);
    if (!trial) continue;
    yield { point, specimen: await medium.specimen((await trial.through()).decoded, signal) };
  }
}

/** The point whose rate is nearest by ratio. */
export function nearest(
  points: readonly RoundTripPoint[],
  rate: number | undefined,
): RoundTripPoint | undefined {
  if (rate === undefined) return undefined;
  const distance = (point: RoundTripPoint) => Math.abs(Math.log(point.rate / rate));
  return points.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** The rate that a point was asked to have: its setting begins with it. */
function rateOf({ setting }: RoundTripPoint): number {
  return Number.parseFloat(setting);
}
