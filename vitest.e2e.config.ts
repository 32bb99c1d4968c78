import { defineConfig } from "vitest/config";

// Against real servers, which the tests set up themselves: one file at a time, and time to start.
export default defineConfig({
  test: {
    name: "e2e",
    include: ["test/e2e/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", ["json", { outputFile: ".cache/test-results/e2e.json" }]],
  },
});
