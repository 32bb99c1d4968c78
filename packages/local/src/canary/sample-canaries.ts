import { Canaries, type CanariesConfig, type CanaryInput } from "@belfry/core/config/canaries/schema";
import type { SampleSite } from "./site/sample-site.ts";

/** What stands for the shop in the recording. */
const RECORDED_ORIGIN = "https://shop.example.com";

/** What the samples' secret is called; whoever runs them puts its value into their environment. */
export const SAMPLE_SECRET = "BELFRY_SAMPLE_PASSWORD";

/** The sample that becomes the baseline of its broken twin. */
export const VISUAL_SAMPLE = "visual";

// Small and without retries: they are to be quick, and it is known which of them fail.
const COMMON: Pick<CanaryInput, "retries" | "alarm" | "timeoutSeconds" | "viewport" | "allow"> = {
  retries: { max: 0 },
  alarm: { failedRuns: 2, ofRuns: 2 },
  timeoutSeconds: 20,
  viewport: { width: 1024, height: 640 },
  allow: { hosts: ["127.0.0.1"] },
};

const SECRETS = { password: `env:${SAMPLE_SECRET}` };

/** How the broken twin of a sample fails. */
interface Sample {
  readonly broken: NonNullable<CanaryInput["expect"]>;
  readonly of: (origin: string) => CanaryInput;
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  heartbeat: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "the front page loads, and says that all is well",
      kind: "heartbeat",
      urls: [
        { name: "home", url: `${origin}/`, text: "All lamps are lit" },
        { name: "shop", url: `${origin}/shop`, selector: ".buy" },
      ],
      stepTimeoutMs: 2000,
    }),
  },
  api: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "an order can be made, read and taken back",
      kind: "api",
      steps: [
        {
          name: "create",
          method: "POST",
          url: `${origin}/api/orders`,
          body: { item: "lamp", quantity: 2 },
          assert: [{ on: "status", equals: 201 }],
          extract: [{ name: "order", path: "$.id" }],
        },
        {
          name: "read",
          url: `${origin}/api/orders/\${order}`,
          assert: [
            { on: "json", path: "$.quantity", equals: 2 },
            { on: "responseTimeMs", lessThan: 2000 },
          ],
        },
        { name: "delete", method: "DELETE", url: `${origin}/api/orders/\${order}`, always: true },
      ],
    }),
  },
  links: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "no link of the page is broken, nor its picture",
      kind: "links",
      url: `${origin}/links`,
      linkTimeoutMs: 2000,
    }),
  },
  [VISUAL_SAMPLE]: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "the poster looks as it was approved; its clock may differ",
      kind: "visual",
      urls: [{ name: "poster", url: `${origin}/poster` }],
      ignore: { selectors: ["#clock"] },
    }),
  },
  recording: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "a recording of Chrome's: somebody logs in",
      kind: "recording",
      file: "login.json",
      stepTimeoutMs: 2000,
      origins: { [RECORDED_ORIGIN]: origin },
      secrets: SECRETS,
    }),
  },
  workflow: {
    broken: "fail:assertion",
    of: (origin) => ({
      ...COMMON,
      description: "a visitor logs in, buys a lamp and checks out",
      kind: "workflow",
      url: `${origin}/login`,
      stepTimeoutMs: 1500,
      secrets: SECRETS,
      steps: [
        { action: "fill", selector: "#user", value: "ada" },
        { action: "fill", selector: "#password", value: "${secret:password}" },
        { action: "click", selector: "#login" },
        { action: "expectText", text: "Welcome, Ada" },
        { action: "goto", url: "/shop" },
        { action: "click", selector: ".buy" },
        { action: "expectText", selector: "#cart", text: "1 in the cart" },
        { action: "click", selector: "#checkout" },
        { action: "fill", selector: "#name", value: "Ada" },
        { action: "fill", selector: "#street", value: "12 St James's Square" },
        { action: "press", key: "Enter" },
        { action: "expectTitle", title: "Thank you" },
      ],
    }),
  },
  "multi-check": {
    broken: "fail:target",
    of: (origin) => ({
      ...COMMON,
      description: "the API is healthy, and its port takes connections",
      kind: "multi-check",
      checks: [
        {
          check: "http",
          name: "health",
          url: `${origin}/api/health`,
          assert: [{ on: "json", path: "$.status", equals: "ok" }],
        },
        {
          check: "tcp",
          name: "port",
          hostname: new URL(origin).hostname,
          port: Number(new URL(origin).port),
          assert: [{ on: "connected", equals: true }],
        },
      ],
    }),
  },
  script: {
    broken: "fail:timeout",
    of: (origin) => ({
      ...COMMON,
      description: "code of one's own: the stock, and a lamp in the cart",
      kind: "script",
      entry: "buy-lamp.ts",
      variables: { shop: origin },
    }),
  },
};

/** One canary of each kind against the good site, and its twin, `<kind>-broken`, against the broken one. */
export function sampleCanaries({ origin, brokenOrigin }: Pick<SampleSite, "origin" | "brokenOrigin">): CanariesConfig {
  const pairs = Object.entries(SAMPLES).flatMap(([name, { broken, of }]): [string, CanaryInput][] => [
    [name, of(origin)],
    [brokenTwin(name), { ...of(brokenOrigin), expect: broken, description: "the same on the broken shop" }],
  ]);
  return Canaries.parse(Object.fromEntries(pairs));
}

/** What the broken twin of a sample is called. */
export function brokenTwin(sample: string): string {
  return `${sample}-broken`;
}
