import { alternativesOf } from "@belfry/core/canaries/recorder/selectors";
import { expect, test } from "vitest";

type Frame = Parameters<typeof alternativesOf>[0];

/** Writes down what it is asked to locate, in place of a page. */
function scribe(path: string): Frame {
  const next = (how: string) => scribe(`${path} > ${how}`);
  return {
    locator: (selector: string) => next(selector),
    getByText: (text: RegExp | string) => next(`text ${text}`),
    getByRole: (role: string, { name }: { name?: string } = {}) => next(`role ${role} ${name ?? ""}`.trim()),
    getByLabel: (name: string) => next(`label ${name}`),
    or: (other: { readonly path: string }) => scribe(`${path} |${other.path}`),
    path,
  } as unknown as Frame;
}

const located = (selector: string | string[]) => {
  const [alternative] = alternativesOf(scribe(""), [selector]);
  if (alternative === undefined) throw new Error("nothing was located");
  return (alternative.locator as unknown as { readonly path: string }).path;
};

test.each([
  ["#id", " > css=#id"],
  ["pierce/#id", " > css=#id"],
  ["xpath///*[@id='a']", " > xpath=//*[@id='a']"],
  ["text/Buy  (now)", String.raw` > text /Buy\s+\(now\)/`],
  ['aria/Buy[role="button"]', " > role button Buy"],
  ['aria/[role="heading"]', " > role heading"],
  [["#host", "#inner"], " > css=#host > css=#inner"],
])("%s is located", (selector, expected) => {
  expect(located(selector)).toBe(expected);
});

test("a name without a role is looked for among all roles, labels and texts", () => {
  const path = located("aria/Buy");
  for (const part of ["role button Buy", "role link Buy", "label Buy", "text Buy"]) expect(path).toContain(part);
});

test("an alternative is named as it was recorded", () => {
  expect(alternativesOf(scribe(""), [["#host", "aria/Buy"]])[0]?.text).toBe("#host ›› aria/Buy");
});
