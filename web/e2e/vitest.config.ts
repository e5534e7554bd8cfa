import { defineConfig } from "vitest/config";

/** Each file has a process of its own and each test a host of its own; two at a time, as on the smallest machine that CI has. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.test.ts"],
    globalSetup: "./support/setup.ts",
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    // Only against what hangs: each wait in a test has its own, shorter patience.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
