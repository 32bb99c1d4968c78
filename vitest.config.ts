import { defineConfig } from "vitest/config";

/** Each kind of test is a project, so `npm test -- --project unit` runs one kind. */
function kind(name: string, testTimeout: number) {
  return { extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout } };
}

// What needs nothing but npm. What needs real servers is in vitest.e2e.config.ts.
export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters: ["default", ["json", { outputFile: ".cache/test-results/test.json" }]],
    projects: [
      kind("unit", 10_000),
      kind("contract", 30_000),
      kind("property", 120_000),
      kind("stacks", 120_000),
      kind("integration", 180_000),
    ],
  },
});
