// Prints one line with the sums of vitest's reports: node test-totals.mjs FOLDER SUITE=EXITCODE…
// Plain JavaScript for Node 20: it has to work when the installation did not.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, ...suites] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const suite of suites) {
  const [name, exitCode] = suite.split("=");
  const report = read(join(folder, `${name}.json`));
  const failures = report === undefined ? 0 : failuresIn(report);
  passed += report?.numPassedTests ?? 0;
  // A suite that ended badly without a failed test (no report, a crash, an error outside the tests) counts as one.
  const badly = exitCode !== "0" || report === undefined;
  failed += failures === 0 && badly ? 1 : failures;
}
console.log(`Tests: ${passed} passed, ${failed} failed`);

/** Failed tests, and the files that failed before their first test. */
function failuresIn(report) {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return report.numFailedTests + broken.length;
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    console.error(`no test report at ${path}: ${error.message}`);
    return undefined;
  }
}
