import { defineConfig } from "vitest/config";

// Runs of a few dozen steps take seconds on a machine that is busy with a longer one.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 30_000 } });
