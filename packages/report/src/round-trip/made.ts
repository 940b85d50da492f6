import { cpus, totalmem } from "node:os";
import type { RoundTripReport } from "./schema.js";

/** How a report was made: now, on this machine. */
export function madeNow(
  command: string,
  versions: Record<string, string>,
  models: RoundTripReport["made"]["models"],
): RoundTripReport["made"] {
  const cores = cpus();
  return {
    ...{ command, date: new Date().toISOString(), versions, models },
    machine: {
      cpu: cores[0]?.model.trim() ?? "unknown",
      cores: cores.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
    },
  };
}
