import { BROWSERLESS_KINDS } from "@belfry/core/canaries/kinds/browserless-kinds";
import { type CanaryHandler, canaryHandler } from "../canary-handler.ts";
import { type BundleParts, inAwsCanary } from "../compose-canary.ts";

/**
 * What runs canaries without a browser, for the functions of scripts too, which give their module.
 * @public
 */
export function browserlessHandler(name: string, loadModule?: NonNullable<BundleParts["loadModule"]>): CanaryHandler {
  const parts = { kinds: BROWSERLESS_KINDS, ...(loadModule === undefined ? {} : { loadModule }) };
  return inAwsCanary(
    () => parts,
    (runtime) => canaryHandler(name, runtime),
  );
}

/** What Lambda calls. @public */
export const handler = browserlessHandler("canary-run");
