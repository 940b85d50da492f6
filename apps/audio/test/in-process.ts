import { run } from "@nacre/cli";
import { type Ended, inProcess } from "@nacre/testing";
import { sound } from "../src/medium.js";

/** Runs a command line in this process. */
export function call(argv: readonly string[]): Promise<Ended> {
  return inProcess((io) => run(sound, argv, io));
}
