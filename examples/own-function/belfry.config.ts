import { defineConfig } from "@belfry/core/config/schema";

// A function of your own on log records, next to what Belfry does with them. `npm run build -- --config examples/own-function/belfry.config.ts`
// makes the folder dist/process-send-orders of it, besides those of Belfry's own functions.
export default defineConfig({
  process: { entry: "./send-orders.ts" },
  enrich: [{ logGroup: "/app/orders*", service: "orders", environment: "production" }],
  routes: [{ name: "orders", pattern: { service: { name: ["orders"] } }, sinks: ["search", "archive"] }],
  sinks: {
    // The cluster is named by OPENSEARCH_URL, the delivery stream by BELFRY_ARCHIVE_STREAM.
    search: { type: "opensearch" },
    archive: { type: "archive" },
  },
});
