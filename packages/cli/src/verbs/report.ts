import { basename, join } from "node:path";
import { NacreError } from "@nacre/errors";
import { type RoundTripReport, roundTripPage } from "@nacre/report";
import { counted } from "../facts.js";
import { interruptedCode } from "../interrupt.js";
import { count, type Option, text, toggle } from "../options.js";
import { openOutput } from "../output.js";
import { compareReports } from "../round-trip/compare-reports.js";
import { makeReport } from "../round-trip/make-report.js";
import { withoutData } from "../round-trip/place-media.js";
import { reportTable } from "../round-trip/report-table.js";
import { type Context, forceOption, jsonOption, modelOption, report, verb } from "../verb.js";

/** A round-trip quality report of files, and what changed between two of them. */
export const roundTripReport = verb({
  name: "report",
  arguments: "<inputs...>",
  summary: ({ nouns }) =>
    `${nouns} there and back, beside other codecs: one page and one JSON of quality over rate`,
  example: ({ example, extensions: [ending] }) => `report ${example}${ending} -o out`,
  options: ({ media }) => ({
    out: text("-o, --out <folder>", "where report.json and index.html go"),
    model: modelOption,
    against: names(
      "--against <codecs>",
      `what to compare with: ${media === "image" ? "jpeg,webp,avif" : "opus,mp3"} by default, or none`,
    ),
    rates: rates(
      "--rates <list>",
      `${media === "image" ? "bits per pixel" : "kbit/s"} of the whole file: 0.5,1`,
    ),
    jobs: count("-j, --jobs <n>", "how many files at once; as many as there are cores by default"),
    compare: toggle("--compare", "tell what changed between two report.json", {
      conflicts: ["out", "resume"],
    }),
    failIf: text(
      "--fail-if <conditions>",
      'of --compare: exit 1 when one surely holds: "bd_rate > 1%, rate > 2%"',
    ),
    resume: toggle("--resume", "go on with a report that was interrupted", { conflicts: ["force"] }),
    force: forceOption,
    json: jsonOption,
  }),
  async run(context, inputs, { compare, failIf, json, out, model, against, rates, jobs, resume, force }) {
    if (compare) return compareReports(context, inputs, { failIf, json });
    if (failIf !== undefined) throw onlyCompare();
    if (out === undefined) throw noFolder();
    const places = { json: join(out, "report.json"), page: join(out, "index.html") };
    const replace = force === true || resume === true;
    if (!replace) await refuseFinished(context, places.json);
    const {
      report: made,
      failed,
      settled,
    } = await makeReport(context, {
      ...{
        inputs,
        out,
        model: model ?? context.medium.defaultModel,
        resume: resume === true,
        force: force === true,
      },
      ...(against && { against }),
      ...(rates && { rates }),
      ...(jobs === undefined ? {} : { jobs }),
    });
    await writeWhole(context, places.json, `${JSON.stringify(withoutData(made), null, 1)}\n`);
    const title = inputs.map((input) => basename(input)).join(", ");
    await writeWhole(context, places.page, roundTripPage(made, { title }));
    await settled();
    await tellReport(context, made, failed, places, json);
    if (context.interrupt.signal.aborted) return interruptedCode;
    return failed > 0 ? 1 : 0;
  },
});

async function tellReport(
  context: Context,
  made: RoundTripReport,
  failed: number,
  places: { json: string; page: string },
  json: true | undefined,
): Promise<void> {
  const { files, curves, bdRates, unfinished = 0 } = made;
  const done = files.length - failed;
  const lines = [
    reportTable(made),
    "",
    `${counted(done, "file")} done, ${failed} failed; ${places.json}`,
    `${places.page}: open it in a browser`,
  ];
  await report(
    context,
    json,
    { done, failed, unfinished, report: places.json, page: places.page, curves, bdRates },
    lines.join("\n"),
  );
  if (!context.interrupt.signal.aborted) return;
  const left = unfinished === 0 ? "media are not complete" : `${counted(unfinished, "file")} not begun`;
  context.screen.note("note", `interrupted: ${left}; --resume goes on with it`);
}

async function writeWhole({ interrupt }: Context, path: string, content: string): Promise<void> {
  const output = await openOutput(path, { force: true, inputs: [], temporaries: interrupt.temporaries });
  try {
    await output.write(new TextEncoder().encode(content));
    await output.keep();
  } catch (error) {
    await output.drop();
    throw error;
  }
}

/** Refuses before anything is done, not after an hour. */
async function refuseFinished({ interrupt }: Context, path: string): Promise<void> {
  try {
    const output = await openOutput(path, { force: false, inputs: [], temporaries: interrupt.temporaries });
    await output.drop();
  } catch (error) {
    // A folder that is not there yet holds no report.
    if (error instanceof NacreError && error.code === "io") return;
    throw error;
  }
}

/** Names between commas; "none" is none. */
function names(flags: string, help: string): Option<string[]> {
  const parse = (value: string) => (value === "none" ? [] : value.split(",").map((name) => name.trim()));
  return { flags, help, parse };
}

/** Rates between commas, in rising order. */
function rates(flags: string, help: string): Option<number[]> {
  const parse = (value: string) => {
    const found = value.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    if (found.every((rate) => Number.isFinite(rate) && rate > 0)) {
      return [...new Set(found)].sort((a, b) => a - b);
    }
    throw new NacreError("usage", { found: `--rates ${value}`, expected: "numbers above 0 between commas" });
  };
  return { flags, help, parse };
}

function onlyCompare(): NacreError {
  return new NacreError("usage", {
    found: "--fail-if without --compare",
    mend: "give two report.json and --compare",
  });
}

function noFolder(): NacreError {
  return new NacreError("usage", { found: "no folder for the report", mend: "name one with -o" });
}
