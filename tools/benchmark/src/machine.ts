import { cpus, totalmem } from "node:os";

/** Where and with what a figure was measured; every result carries it. */
export type Machine = { processor: string; cores: number; memoryGiB: number; platform: string; node: string };

/** This machine. */
export function machine(): Machine {
  const cores = cpus();
  return {
    processor: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}
