import { RESTART_DOCUMENT } from "../config/oncall/automation-names.ts";
import type { CorrectionRules } from "../config/oncall/corrections.ts";

/** What tells where an alert comes from. */
interface Origin {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The function that starts corrective actions, by whose role they are started, in any stage. */
const OWN_ROLE = /:assumed-role\/[\w+=,.@-]*alert-correct/;

/** Systems Manager names its sessions so. */
const AUTOMATION_SESSION = /:assumed-role\/([\w+=,.@-]+)\/Automation_/;

/**
 * Whether an alert may be about what a corrective action itself has done: Belfry's own events, what happens to one of the documents and state machines that the rules run, and
 * calls by the roles that run them. Who started an execution is not always in its event, so that one started by somebody else counts too.
 */
export function isOwnEvent({ key, title, description, labels }: Origin, rules: CorrectionRules): boolean {
  const { source = "", principal = "" } = labels;
  if (source.startsWith("belfry")) return true;
  if (OWN_ROLE.test(principal)) return true;
  const runs = Object.values(rules).map(({ run }) => run);
  const session = AUTOMATION_SESSION.exec(principal)?.[1];
  const roles = runs.flatMap((run) => ("role" in run && run.role !== undefined ? [run.role.split("/").at(-1)] : []));
  if (session !== undefined && roles.includes(session)) return true;
  const text = [key, title, description, ...Object.values(labels)].join("\n");
  if (source === "aws.ssm") {
    const documents = runs.flatMap((run) =>
      run.type === "ssm-automation" ? [run.document] : run.type === "ec2-recover" ? [RESTART_DOCUMENT] : [],
    );
    return documents.some((document) => text.includes(document));
  }
  if (source !== "aws.states") return false;
  return runs.some((run) => run.type === "step-functions" && text.includes(run.stateMachineArn));
}
