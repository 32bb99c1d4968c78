import { CanaryFailure } from "@belfry/core/canaries/failure";
import { parseRecording } from "@belfry/core/canaries/recorder/recording";
import { expect, test } from "vitest";

const parse = (content: unknown) => parseRecording(JSON.stringify(content), "shop.json");

test("a recording is read, with what its steps leave out", () => {
  const { steps } = parse({
    title: "Shop",
    selectorAttribute: "data-test",
    steps: [
      { type: "navigate", url: "https://shop.test/", somethingNew: 1 },
      { type: "click", selectors: [["#a"], "aria/A"], offsetX: 1, offsetY: 2 },
      { type: "waitForElement", selectors: ["#a"] },
      { type: "scroll" },
    ],
  });
  expect(steps).toMatchObject([
    { type: "navigate", target: "main", assertedEvents: [] },
    { type: "click", button: "primary", deviceType: "mouse", frame: [] },
    { type: "waitForElement", count: 1 },
    { type: "scroll", x: 0, y: 0 },
  ]);
});

test.each([
  ["no JSON", "{", /shop\.json is not JSON/],
  ["no title", JSON.stringify({ steps: [] }), /title/],
  ["an unknown step", JSON.stringify({ title: "", steps: [{ type: "fly" }] }), /step 1 type/],
  ["a step without its URL", JSON.stringify({ title: "", steps: [{ type: "navigate" }] }), /step 1 url/],
  [
    "a timeout that is too long",
    JSON.stringify({ title: "", steps: [{ type: "scroll", timeout: 30_001 }] }),
    /step 1 timeout/,
  ],
])("%s is the canary's own fault, and says where", (_name, text, message) => {
  const read = () => parseRecording(text, "shop.json");
  expect(read).toThrow(message);
  expect(read).toThrow(CanaryFailure);
});
