/** Where a script goes in the archive of a canary of CloudWatch Synthetics, and what of it is called. */
export interface ManagedLayout {
  readonly path: string;
  readonly handler: string;
  /** Python is taken as it is; what is for Node.js is bundled with all that it imports. */
  readonly format: "python" | "cjs" | "esm";
}

/** By the runtime of a canary. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_WritingCanary.html */
export function managedCanaryLayout(runtime: string): ManagedLayout {
  const handler = "canary.handler";
  if (runtime.startsWith("syn-python-")) return { path: "python/canary.py", handler, format: "python" };
  if (runtime.startsWith("syn-nodejs-playwright-")) return { path: "canary.mjs", handler, format: "esm" };
  return { path: "nodejs/node_modules/canary.js", handler, format: "cjs" };
}
