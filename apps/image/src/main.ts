/** The program nacre-image. */
import { runProcess } from "@nacre/cli";
import { picture } from "./medium.js";

await runProcess(picture);
