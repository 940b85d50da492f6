/** `npm start`: one sound there and back, with everything that can be seen on the way, by the verbs a user has. */
import { mkdir } from "node:fs/promises";
import { processIo, runAll } from "@nacre/cli";
import { sound } from "./medium.js";

const input = "samples/speech.wav";
const made = {
  file: "out/speech.nacre",
  sound: "out/speech.decoded.wav",
  page: "out/speech.html",
  report: "out/speech-report",
};
const { NACRE_MODEL } = process.env;
const model = NACRE_MODEL ? ["--model", NACRE_MODEL] : [];

const steps = [
  ["encode", input, "-o", made.file, "--force", ...model],
  ["decode", made.file, "-o", made.sound, "--force", ...model],
  ["inspect", made.file, "--original", input, "--page", made.page, "--force", ...model],
  ["report", input, "-o", made.report, "--against", "opus", "--force", ...model],
];

const io = processIo();
await mkdir("out", { recursive: true });
const code = await runAll(sound, steps, io);
if (code === 0) await io.stdout.write(closing());
process.exitCode = code;

function closing(): string {
  return [
    "",
    "Made:",
    `  ${made.file}          the encoded file`,
    `  ${made.sound}    what it sounds like`,
    `  ${made.page}           every layer to see and hear: open it in a browser`,
    `  ${made.report}/index.html  beside Opus: quality over rate`,
    "",
  ].join("\n");
}
