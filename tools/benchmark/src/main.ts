#!/usr/bin/env node
import { isNacreError } from "@nacre/errors";
import { Command } from "commander";
import { addChannel } from "./channel-command.js";
import { addCodebooks } from "./codebooks-command.js";
import { addEntropy } from "./entropy-command.js";
import { addOpus } from "./opus-command.js";
import { addPesq } from "./pesq-command.js";
import { addPictureQuantizers } from "./picture-quantizers-command.js";
import { addPictures } from "./pictures-command.js";
import { addPlot } from "./plot-command.js";
import { addProfile } from "./profile-command.js";
import { addQuality } from "./quality-command.js";
import { addRobustness } from "./robustness-command.js";
import { addRotation } from "./rotation-command.js";
import { addSpeed } from "./speed-command.js";
import { addStep } from "./step-command.js";

/** Every benchmark; adding one is a file and a line here. */
const commands = [
  addQuality,
  addOpus,
  addCodebooks,
  addChannel,
  addPesq,
  addRobustness,
  addPictures,
  addEntropy,
  addPictureQuantizers,
  addRotation,
  addSpeed,
  addStep,
  addProfile,
  addPlot,
];

const program = new Command("benchmark").description("Measures models and the engine; one JSON object each.");
for (const add of commands) add(program);

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
