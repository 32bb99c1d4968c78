import { Canaries } from "@belfry/core/config/canaries/schema";
import { expect, test } from "vitest";

const accepts = (canary: object) => Canaries.safeParse({ canary }).success;

test("a heartbeat's URLs are texts, or have expectations of their own", () => {
  expect(accepts({ kind: "heartbeat", urls: ["https://a.test/"] })).toBe(true);
  const own = { url: "https://a.test/", name: "home", status: [204, "200-299"], selector: "#buy" };
  expect(accepts({ kind: "heartbeat", urls: [own], failOn: ["console-error"] })).toBe(true);
  expect(accepts({ kind: "heartbeat", urls: [{ ...own, status: ["2xx"] }] })).toBe(false);
  expect(accepts({ kind: "heartbeat", urls: [] })).toBe(false);
});

test("a workflow's steps have what their action needs, and nothing else", () => {
  const workflow = (...steps: object[]) => accepts({ kind: "workflow", url: "https://a.test/", steps });
  expect(workflow({ action: "fill", selector: "#user", value: "${secret:user}" })).toBe(true);
  expect(workflow({ action: "press", key: "Enter" }, { action: "expectUrl", url: "*/account" })).toBe(true);
  expect(workflow({ action: "fill", selector: "#user" })).toBe(false);
  expect(workflow({ action: "click", selector: "#buy", value: "x" })).toBe(false);
  expect(workflow({ action: "screenshot", file: "../x" })).toBe(false);
  expect(workflow()).toBe(false);
});

test("a recording is played at other origins than it was made at, if origins they are", () => {
  const recording = (origins: object) => accepts({ kind: "recording", file: "shop.json", origins });
  expect(recording({ "https://shop.example.com": "http://localhost:8080" })).toBe(true);
  expect(recording({ "https://shop.example.com": "http://localhost:8080/path" })).toBe(false);
  expect(recording({ "shop.example.com": "http://localhost" })).toBe(false);
});
