import { once } from "node:events";
import { type Command, InvalidArgumentError } from "commander";
import type { CanaryContext } from "../canary/canary-command.ts";
import { onInterruption } from "../cli/interruption.ts";

const DEFAULT_PORT = 8900;

/** Adds `belfry canary site`. */
export function addSite(command: Command, { terminal }: CanaryContext): void {
  command
    .command("site")
    .description("serve the shop that the samples watch, and at the next port the broken one, until Ctrl-C")
    .option("--port <n>", "of the good one; 0 for free ones", portOf, DEFAULT_PORT)
    .action(async ({ port }: { port: number }) => {
      const { startSampleSite } = await import("../canary/site/sample-site.ts");
      const interruption = onInterruption();
      const site = await startSampleSite(port === 0 ? {} : { good: port, broken: port + 1 });
      terminal.print(`the shop          ${site.origin}/\nthe broken shop   ${site.brokenOrigin}/`);
      if (!interruption.signal.aborted) await once(interruption.signal, "abort");
      await site.close();
      interruption.done();
    });
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_535) return port;
  throw new InvalidArgumentError("a number from 0 to 65534");
}
