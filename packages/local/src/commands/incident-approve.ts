import type { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { atDesk, type DeskContext, type PlaceOptions, placed } from "../on-call/desk-command.ts";
import type { IncidentDesk } from "../on-call/incident-desk.ts";

type Outcome = Awaited<ReturnType<IncidentDesk["approve"]>>;

const TEXTS: Readonly<Record<Outcome, string>> = {
  approved: "is approved, and run by the runtime or the deployment within a minute",
  "approved-already": "was approved before",
  expired: "has waited for too long, and will not run",
  "not-waiting": "does not wait for an approval",
  "unknown-request": "is not known here: its id is in the message that asks for the approval",
};

/** Adds `approve`. */
export function addApprove(command: Command, context: DeskContext): void {
  placed(command, "approve <request>", "let a corrective action run that waits for it")
    .option("--by <name>", "who does it; your user name when absent")
    .action(async (request: string, { json, by, ...place }: PlaceOptions & { by?: string }) => {
      const { terminal, userName } = context;
      await atDesk(place, context, async (desk, signal) => {
        const outcome = await desk.approve(request, by ?? userName(), signal);
        if (outcome !== "approved") terminal.exitCode = ExitCode.no;
        if (json === true) terminal.print(JSON.stringify({ request, outcome }));
        else terminal.print(`the corrective action ${TEXTS[outcome]}`);
      });
    });
}
