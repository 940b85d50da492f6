import { assert } from "@nacre/errors";
import { createLayerPool } from "./layer-pool.js";
import type { RoundTrips } from "./round-trips.js";
import { type RoundTripFile, type RoundTripReport, roundTripSchema } from "./schema.js";
import { bdRatesOf, curvesOf, worstOf } from "./summary.js";
import type { Trip } from "./trip.js";

/** What a report tells beside its figures. */
export type ReportFrame = Pick<RoundTripReport, "made" | "contenders"> & { unfinished?: number };

/**
 * A report that grows file by file; holds points and counts, never signals.
 *
 * add     a file that was taken; `fail` one that could not be
 * report  of all files so far; `order` names them all, in the order to show
 */
export type ReportBuilder = {
  add(trip: Trip): void;
  fail(name: string, failed: { code: string; sentence: string }): void;
  report(frame: ReportFrame, order: readonly string[]): RoundTripReport;
};

/** An empty report of a model's round trips. */
export function createReportBuilder({
  medium,
  rateUnit,
  measures,
  model,
}: Pick<RoundTrips, "medium" | "rateUnit" | "measures" | "model">): ReportBuilder {
  const files: RoundTripFile[] = [];
  const pool = createLayerPool();
  return {
    add({ file, layers }) {
      files.push(file);
      pool.add(file.name, layers);
    },
    fail: (name, failed) => void files.push({ name, bytes: 0, facts: {}, points: [], failed }),
    report({ made, contenders, unfinished }, order) {
      const place = new Map(order.map((name, at) => [name, at]));
      const sorted = files.toSorted((a, b) => place.get(a.name)! - place.get(b.name)!);
      const done = sorted.filter(({ failed }) => failed === undefined);
      const report = roundTripSchema.safeParse({
        ...{ schema: "nacre.round-trip/1", medium, rateUnit, made, measures, contenders, files: sorted },
        curves: curvesOf(contenders, measures, done),
        bdRates: bdRatesOf(contenders, measures, done),
        layers: pool.rows(
          measures.map(({ name }) => name),
          order,
        ),
        use: pool.use(),
        worst: worstOf(model.id, measures, done),
        ...(unfinished ? { unfinished } : {}),
      });
      assert(report.success, `a round-trip report fits its schema: ${report.error?.message}`);
      return report.data;
    },
  };
}
