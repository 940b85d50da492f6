import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { naming } from "@nacre/errors";
import { chosenFiles, type RoundTripReport, type RoundTrips, type TripRequest } from "@nacre/report";
import type { Input } from "../inputs.js";

/** Bytes of media above which they lie beside the page. */
const mostInside = 25_000_000;

/** Where media go, which file a name stands for, and who hears how far it is; false from `onFile` ends it there. */
export type MediaRequest = {
  out: string;
  inputs: ReadonlyMap<string, Input>;
  trips: RoundTrips;
  request: TripRequest;
  onFile(done: number, total: number): boolean;
};

/**
 * Makes what can be heard or seen of the chosen files, and names it in the report: as data URIs, or where it is large
 * as files in `media/` beside the page. Memory holds one of them at a time until it is known which.
 */
export async function placeMedia(
  report: RoundTripReport,
  { out, inputs, trips, request, onFile }: MediaRequest,
): Promise<RoundTripReport> {
  const folder = join(out, "media");
  // What an earlier report left there belongs to nobody.
  await rm(folder, { recursive: true, force: true });
  const { names, sentence } = chosenFiles(report, trips.chief);
  const placed = structuredClone(report);
  const made: Made[] = [];
  await naming(folder, mkdir(folder, { recursive: true }));
  for (const [at, name] of names.entries()) {
    if (!onFile(at, names.length)) break;
    const file = placed.files.find((each) => each.name === name)!;
    for await (const { specimen, point } of trips.specimens(inputs.get(name)!.source, file, request)) {
      const { kind, gain, ending, type, bytes } = specimen;
      const path = `media/${made.length + 1}${ending}`;
      await naming(path, writeFile(join(out, path), bytes));
      const media = { kind, href: path, ...(gain === undefined ? {} : { gain }) };
      if (point) point.media = media;
      else file.original = media;
      made.push({ media, type, bytes: bytes.length });
    }
  }
  const total = made.reduce((sum, { bytes }) => sum + bytes, 0);
  const beside = total > mostInside;
  if (!beside) await takeInside(out, made);
  placed.mediaNote = `${sentence} ${beside ? besideNote(total) : "They are in the page."}`;
  return placed;
}

type Made = { media: { href: string }; type: string; bytes: number };

async function takeInside(out: string, made: readonly Made[]): Promise<void> {
  for (const { media, type } of made) {
    const bytes = await naming(media.href, readFile(join(out, media.href)));
    media.href = `data:${type};base64,${bytes.toString("base64")}`;
  }
  await rm(join(out, "media"), { recursive: true, force: true });
}

function besideNote(bytes: number): string {
  return `They have ${Math.round(bytes / 1e6)} MB and lie in the folder media beside the page, which needs it.`;
}

/** The report as JSON has it: what lies in the page as data is left out. */
export function withoutData(report: RoundTripReport): RoundTripReport {
  const isData = (media: { href: string } | undefined) => media?.href.startsWith("data:") === true;
  return {
    ...report,
    files: report.files.map(({ original, points, ...file }) => ({
      ...file,
      points: points.map(({ media, ...point }) => (media && !isData(media) ? { ...point, media } : point)),
      ...(original && !isData(original) ? { original } : {}),
    })),
  };
}
