/** The program nacre-audio. */
import { runProcess } from "@nacre/cli";
import { sound } from "./medium.js";

await runProcess(sound);
