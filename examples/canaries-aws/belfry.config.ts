import { defineConfig } from "@belfry/core/config/schema";

/** A shop that is watched from outside: by the minute without a browser, and now and then as its visitors see it. */
export default defineConfig({
  deploy: { region: "eu-west-1" },
  canaries: {
    shop: {
      kind: "heartbeat",
      browser: false,
      urls: [{ url: "https://shop.example.com/", text: "Add to basket" }],
      schedule: "rate(1 minute)",
      alarm: { failedRuns: 3, ofRuns: 3 },
      // While three runs in a row have failed, the name leads to the copy in another region.
      failover: {
        hostedZoneId: "Z0123456789ABCDEFGHIJ",
        name: "shop.example.com",
        primary: "192.0.2.10",
        secondary: "192.0.2.20",
      },
    },
    "front-page": { kind: "visual", urls: ["https://shop.example.com/"], schedule: "rate(30 minutes)" },
    checkout: { kind: "script", entry: "./checkout.ts", browser: false },
    inventory: {
      kind: "script",
      entry: "./inventory.py",
      backend: { type: "synthetics", runtime: "syn-python-selenium-10.0" },
    },
  },
});
