import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserLauncher } from "@belfry/core/canaries/browser/launch";
import { browserOpener } from "@belfry/core/canaries/browser/open-session";
import { BROWSER_KINDS } from "@belfry/core/canaries/kinds/browser-kinds";
import { type CanaryHandler, canaryHandler } from "../canary-handler.ts";
import { type BundleParts, inAwsCanary } from "../compose-canary.ts";

/**
 * What runs canaries with a browser, for the functions of scripts too, which give their module. The browser is unpacked at the first run and stays for the next.
 * @public
 */
export function browserHandler(name: string, loadModule?: NonNullable<BundleParts["loadModule"]>): CanaryHandler {
  return inAwsCanary(
    ({ env, logger }) => ({
      kinds: BROWSER_KINDS,
      openBrowser: browserOpener(
        browserLauncher({ folder: join(tmpdir(), "belfry-browser"), executablePath: env.CHROME_PATH, logger }),
      ),
      ...(loadModule === undefined ? {} : { loadModule }),
    }),
    (runtime) => canaryHandler(name, runtime),
  );
}

/** What Lambda calls. @public */
export const handler = browserHandler("canary-browse");
