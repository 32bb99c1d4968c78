// One account and one region at the least cost: CloudWatch Logs invokes the function itself, the archive is read with Athena, AWS's own keys encrypt.
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  deploy: {
    profile: "minimal",
    region: "eu-west-1",
    email: ["operations@example.com"],
    archive: { expireAfterDays: 90 },
  },

  drop: [{ name: "health-checks", pattern: { app: { url: { path: ["/health"] } } } }],

  tests: [
    {
      name: "health checks are dropped",
      given: { message: { level: "info", url: { path: "/health" } }, logGroup: "/aws/lambda/orders" },
      expect: { dropped: "health-checks" },
    },
    {
      name: "everything else is archived",
      given: { message: { level: "info", url: { path: "/orders" } }, logGroup: "/aws/lambda/orders" },
      expect: { route: "default", sinks: ["archive"] },
    },
  ],
});
