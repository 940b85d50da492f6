import { NacreError } from "@nacre/errors";
import { bdRate } from "@nacre/metrics";
import { meanOf } from "./means.js";
import { pictureMedium } from "./picture-medium.js";
import type { Mean, RoundTripFile, RoundTripReport } from "./schema.js";
import { soundMedium } from "./sound-medium.js";
import { curveOf, lastPoint, meanRate } from "./summary.js";

/**
 * One thing that changed from the first report to the second, over the files that both have.
 *
 * name         "bd_rate", "rate" or the name of a measure
 * measure      of a bd_rate: the measure whose curves are compared
 * unit         of the difference: "%" of rates, else the measure's own
 * better       the direction in which a difference is an improvement
 * difference   mean of the differences of each file, second minus first, with its interval; null where no file has one
 * files        that have a difference
 * significant  the interval holds no 0
 */
export type Change = {
  name: string;
  measure?: string;
  unit: string;
  better: "higher" | "lower";
  difference: Mean | null;
  files: number;
  significant: boolean;
  missing?: string;
};

/** What changed between two reports. `before`, `after`: the models; `shared`: names of the files that both have. */
export type Comparison = {
  schema: "nacre.round-trip-comparison/1";
  medium: RoundTripReport["medium"];
  chief: string;
  before: { model: string; decodeHash: string };
  after: { model: string; decodeHash: string };
  shared: string[];
  changes: Change[];
};

type Pair = { before: RoundTripFile; after: RoundTripFile };

/**
 * Compares the models of two reports: BD-rate of the second against the first by every measure, rate and every measure
 * at full depth. Differences are taken file by file, and their mean and bootstrap interval over files: what files
 * differ among themselves counts nothing.
 *
 * throws  NacreError "option" for reports of different media, or that share no file
 */
export function compareRoundTrips(before: RoundTripReport, after: RoundTripReport): Comparison {
  if (before.medium !== after.medium) throw differentMedia(before, after);
  const pairs = sharedFiles(before, after);
  if (pairs.length === 0) throw nothingShared();
  const names = { before: modelOf(before).model, after: modelOf(after).model };
  const measures = before.measures.filter(({ name }) => after.measures.some((each) => each.name === name));
  const chief = { audio: soundMedium, image: pictureMedium }[before.medium].chief;
  return {
    schema: "nacre.round-trip-comparison/1",
    ...{ medium: before.medium, chief, before: modelOf(before), after: modelOf(after) },
    shared: pairs.map((pair) => pair.before.name),
    changes: [
      ...measures.map((measure) => bdChange(pairs, names, measure)),
      rateChange(pairs, names),
      ...measures.map((measure) => measureChange(pairs, names, measure)),
    ],
  };
}

type Names = { before: string; after: string };
type Measure = RoundTripReport["measures"][number];

function bdChange(pairs: readonly Pair[], names: Names, measure: Measure): Change {
  const found = pairs.map(({ before, after }) => ({
    file: before.name,
    ...bdRate(curveOf(before, names.before, measure), curveOf(after, names.after, measure)),
  }));
  const { percent, files, missing } = meanRate(found);
  const head = { name: "bd_rate", measure: measure.name, unit: "%", better: "lower" } as const;
  return change(head, percent, files, missing);
}

function rateChange(pairs: readonly Pair[], names: Names): Change {
  const percents = pairs.map(({ before, after }) => {
    const [was, is] = [lastPoint(before, names.before)?.rate, lastPoint(after, names.after)?.rate];
    return was === undefined || is === undefined || was === 0 ? null : 100 * (is / was - 1);
  });
  return meanChange({ name: "rate", unit: "%", better: "lower" }, percents, "no file has a rate in both");
}

function measureChange(pairs: readonly Pair[], names: Names, { name, unit, better }: Measure): Change {
  const differences = pairs.map(({ before, after }) => {
    const was = lastPoint(before, names.before)?.values[name] ?? null;
    const is = lastPoint(after, names.after)?.values[name] ?? null;
    return was === null || is === null ? null : is - was;
  });
  return meanChange({ name, unit, better }, differences, "no file has a value in both");
}

type Head = Pick<Change, "name" | "measure" | "unit" | "better">;

function meanChange(head: Head, values: readonly (number | null)[], reason: string): Change {
  const known = values.filter((value) => value !== null);
  return change(head, meanOf(known), known.length, known.length === 0 ? reason : undefined);
}

function change(head: Head, difference: Mean | null, files: number, missing: string | undefined): Change {
  const significant = difference !== null && (difference.low > 0 || difference.high < 0);
  return { ...head, difference, files, significant, ...(missing === undefined ? {} : { missing }) };
}

/** Files of one name and size that both could take. */
function sharedFiles(before: RoundTripReport, after: RoundTripReport): Pair[] {
  const others = new Map(after.files.map((file) => [file.name, file]));
  return before.files.flatMap((file) => {
    const other = others.get(file.name);
    if (!other || file.failed || other.failed || other.bytes !== file.bytes) return [];
    return [{ before: file, after: other }];
  });
}

function modelOf({ contenders, made }: RoundTripReport): { model: string; decodeHash: string } {
  const model = contenders.find(({ kind }) => kind === "model")?.name ?? "";
  return { model, decodeHash: made.models.find(({ id }) => id === model)?.decodeHash ?? "" };
}

function differentMedia(before: RoundTripReport, after: RoundTripReport): NacreError {
  return new NacreError("option", {
    found: `a report of medium ${before.medium} and one of ${after.medium}`,
    expected: "two of one medium",
  });
}

function nothingShared(): NacreError {
  return new NacreError("option", {
    found: "two reports without a file of one name and size",
    expected: "reports of the same files",
    mend: "make both from the same folder, named in the same way",
  });
}
