/** `many`: as a browser is meant to run; `one`: everything in one process, which then has one context only. */
export type Processes = "many" | "one";

// Of those that @sparticuz/chromium recommends, the ones that take nothing from what a visitor's browser would refuse. Left out on purpose, since a monitor that
// has them sees a working page where visitors see a broken one: --disable-web-security, --allow-running-insecure-content, --disable-site-isolation-trials,
// and the disabled features IsolateOrigins and site-per-process. https://peter.sh/experiments/chromium-command-line-switches/
const FLAGS: readonly string[] = [
  // A container's /dev/shm is small, and Lambda has none.
  "--disable-dev-shm-usage",
  "--disable-domain-reliability",
  "--disable-print-preview",
  "--disk-cache-size=33554432",
  "--no-pings",
  "--font-render-hinting=none",
  "--ignore-gpu-blocklist",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

const ONE_PROCESS: readonly string[] = ["--single-process", "--no-zygote", "--in-process-gpu"];

/** What Playwright adds and a visitor's browser does not have: a pop-up that it blocks must be seen as blocked. */
export const REFUSED_DEFAULTS: readonly string[] = ["--disable-popup-blocking"];

/** The flags that the browser is started with, besides Playwright's own. */
export function browserFlags(processes: Processes): string[] {
  return processes === "one" ? [...FLAGS, ...ONE_PROCESS] : [...FLAGS];
}
