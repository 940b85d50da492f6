import { defineConfig } from "vitest/config";

// A step is built and run in every test, on a machine that may be busy with a longer one.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
