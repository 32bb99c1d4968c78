import { browserFlags, REFUSED_DEFAULTS } from "@belfry/core/canaries/browser/browser-flags";
import { expect, test } from "vitest";

// With any of these a monitor sees a page work that is broken for its visitors.
const UNSAFE =
  /web-security|insecure-content|site-isolation|IsolateOrigins|site-per-process|ignore-certificate|allow-file-access|popup-blocking/;

test.each(["many", "one"] as const)("no flag of %s processes makes the browser laxer than a visitor's", (processes) => {
  expect(browserFlags(processes).filter((flag) => UNSAFE.test(flag))).toEqual([]);
});

test("only the fall-back puts all in one process", () => {
  expect(browserFlags("many").join(" ")).not.toMatch(/single-process|no-zygote|in-process-gpu/);
  expect(browserFlags("one")).toContain("--single-process");
});

test("pop-ups are blocked as a visitor's are", () => {
  expect(REFUSED_DEFAULTS).toContain("--disable-popup-blocking");
});
