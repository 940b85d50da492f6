import { isNacreError } from "@nacre/errors";
import type { Audio, Picture } from "@nacre/signal";
import { pictureMedium } from "./picture-medium.js";
import type { RoundTripFile, RoundTripReport } from "./schema.js";
import { soundMedium } from "./sound-medium.js";
import { type PlacedSpecimen, specimensOf } from "./specimens.js";
import { type TripRequest, takeTrip } from "./take-trip.js";
import type { Trip } from "./trip.js";
import type { TripCoder, TripMedium, TripSource } from "./trip-medium.js";

/**
 * Round trips of one open model, whatever its medium.
 *
 * chief       name of the measure that decides which files are worst
 * baselines   names that a request may hold
 * contenders  the model and the baselines asked for, with versions, or a sentence for one that is absent
 * take        one file there and back
 * specimens   the original and its decoded forms, for a browser: every point of the model and of each baseline the
 *             one nearest in rate to the model's last. They are made anew, one at a time.
 */
export type RoundTrips = Pick<RoundTripReport, "medium" | "rateUnit" | "measures"> & {
  chief: string;
  model: TripCoder<unknown>["model"];
  baselines: readonly string[];
  contenders(against: readonly string[]): Promise<RoundTripReport["contenders"]>;
  take(source: TripSource, request: TripRequest): Promise<Trip>;
  specimens(source: TripSource, file: RoundTripFile, request: TripRequest): AsyncIterable<PlacedSpecimen>;
};

/** Round trips of sounds through an open model. */
export function soundRoundTrips(coder: TripCoder<Audio>): RoundTrips {
  return roundTrips(soundMedium, coder);
}

/** Round trips of pictures through an open model. */
export function pictureRoundTrips(coder: TripCoder<Picture>): RoundTrips {
  return roundTrips(pictureMedium, coder);
}

function roundTrips<Signal>(medium: TripMedium<Signal>, coder: TripCoder<Signal>): RoundTrips {
  const { medium: name, rateUnit, measures, chief, baselines } = medium;
  return {
    ...{ medium: name, rateUnit, measures, chief, model: coder.model },
    baselines: baselines.map((each) => each.name),
    contenders: async (against) => [
      { name: coder.model.id, kind: "model", version: String(coder.model.version) },
      ...(await Promise.all(
        against.map((asked) => baselineVersion(baselines.find((each) => each.name === asked)!)),
      )),
    ],
    take: (source, request) => takeTrip(medium, coder, source, request),
    specimens: (source, file, request) => specimensOf(medium, coder, source, file, request),
  };
}

async function baselineVersion({
  name,
  version,
}: {
  name: string;
  version(): Promise<string>;
}): Promise<RoundTripReport["contenders"][number]> {
  try {
    return { name, kind: "baseline", version: await version() };
  } catch (error) {
    if (!isNacreError(error)) throw error;
    return { name, kind: "baseline", version: "", absent: error.message };
  }
}
