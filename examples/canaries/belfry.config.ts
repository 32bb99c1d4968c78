import { env } from "node:process";
import { defineConfig } from "@belfry/core/config/schema";

// Canaries on a shop: code of one's own, a recording of Chrome's, and a blueprint as CloudWatch Synthetics has it. On a laptop the shop is Belfry's own:
//   npx belfry canary site
//   SHOP_PASSWORD='correct horse' npx belfry canary run --all --config examples/canaries/belfry.config.ts
const shop = env.SHOP_URL ?? "http://127.0.0.1:8900";

export default defineConfig({
  canaries: {
    "buy-lamp": {
      description: "a visitor finds a lamp and puts it in the cart",
      kind: "script",
      entry: "./buy-lamp.ts",
      variables: { shop },
      schedule: "rate(5 minutes)",
      // Two of the last three runs, so that one bad moment wakes nobody.
      alarm: { failedRuns: 2, ofRuns: 3 },
    },
    login: {
      description: "a customer logs in, as it was recorded in Chrome",
      kind: "recording",
      file: "./login.json",
      // It was recorded on production, and is played where this configuration says.
      origins: { "https://shop.example.com": shop },
      // On a laptop from the environment; in AWS the ARN of a secret, or the name of a parameter.
      secrets: { password: "env:SHOP_PASSWORD" },
      schedule: "rate(15 minutes)",
    },
    checkout: {
      description: "a customer can order, without a line of code",
      kind: "workflow",
      url: `${shop}/checkout`,
      steps: [
        { action: "fill", selector: "#name", value: "Ada" },
        { action: "fill", selector: "#street", value: "12 St James's Square" },
        { action: "click", selector: "#order" },
        { action: "expectTitle", title: "Thank you" },
      ],
    },
    "front-page": {
      description: "the poster looks as it was approved; its clock may differ",
      kind: "visual",
      urls: [{ name: "poster", url: `${shop}/poster` }],
      ignore: { selectors: ["#clock"] },
      schedule: "rate(1 hour)",
    },
    dependencies: {
      description: "what was a multi-check canary of CloudWatch Synthetics",
      kind: "multi-check",
      blueprint: "./blueprint-config.json",
      variables: { shop },
      schedule: "rate(1 minute)",
    },
  },
});
