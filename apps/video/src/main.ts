/** The program nacre-video. */
import { runProcess } from "@nacre/cli";
import { video } from "./medium.js";

await runProcess(video);
