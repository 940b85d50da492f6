/** `npm start`, its second half: one photograph there and back, by the verbs a user has. */
import { mkdir } from "node:fs/promises";
import { processIo, runAll } from "@nacre/cli";
import { defaultPictureModel, listModels } from "@nacre/nacre";
import { picture } from "./medium.js";

const input = "samples/coffee.png";
const made = {
  file: "out/coffee.nacre",
  picture: "out/coffee.decoded.png",
  compared: "out/coffee.compared.png",
  report: "out/coffee-report",
};
const { NACRE_PICTURE_MODEL } = process.env;
const model = NACRE_PICTURE_MODEL ? ["--model", NACRE_PICTURE_MODEL] : [];

const io = processIo();
const installed = (await listModels()).some(({ medium }) => medium === "image");
if (NACRE_PICTURE_MODEL || installed) {
  await mkdir("out", { recursive: true });
  process.exitCode = await runAll(
    picture,
    [
      ["encode", input, "-o", made.file, "--force", ...model],
      ["decode", made.file, "-o", made.picture, "--force", ...model],
      ["compare", input, "-o", made.compared, "--force", ...model],
      ["report", input, "-o", made.report, "--against", "jpeg,avif", "--force", ...model],
    ],
    io,
  );
  if (process.exitCode === 0) await io.stdout.write(closing());
} else {
  await io.stdout.write(`\nPictures are left out: the model ${defaultPictureModel} is not installed.\n`);
}

function closing(): string {
  return [
    "",
    "Made:",
    `  ${made.file}             the encoded file`,
    `  ${made.picture}      what it looks like`,
    `  ${made.compared}     beside JPEG, WebP and AVIF of as many bytes`,
    `  ${made.report}/index.html  quality over rate, every layer: open it in a browser`,
    "",
  ].join("\n");
}
