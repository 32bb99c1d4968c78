import type { Alert } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { listOf, memberAt, textAt } from "../../event/json-member.ts";
import { stateMeaning } from "./state-words.ts";
import { alertOf, line, localKey, saidLink } from "./statement.ts";

/**
 * A build, whose key is the project and what it builds: a branch's failure is resolved by the next build of that branch that succeeds. A build that
 * runs, and each of its phases, say neither. https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
 */
export function codeBuildAlert(event: EventEnvelope): Alert {
  const { detail, region } = event;
  const project = textAt(detail, "project-name") ?? "project";
  const buildArn = textAt(detail, "build-id") ?? event.id;
  const state = textAt(detail, "build-status");
  const phase = textAt(detail, "completed-phase");
  const information = detail["additional-information"];
  const branch = branchOf(textAt(information, "source-version"));
  const logs = textAt(information, "logs", "deep-link");
  const meaning = state === undefined ? undefined : stateMeaning(state);
  const build = buildArn.split("build/").at(-1) ?? "";
  const step =
    phase === undefined ? (state ?? "changed") : `phase ${phase} ${textAt(detail, "completed-phase-status") ?? ""}`;
  const account = buildArn.split(":")[4] ?? event.account;
  return alertOf(event, {
    key: [localKey(event, project), ...(branch === undefined ? [] : [branch])].join("#"),
    deliveryId: `${buildArn}#${state ?? `${phase}#${textAt(detail, "completed-phase-status")}`}`,
    status: meaning?.status ?? "unknown",
    severity: meaning === undefined || meaning.status === "unknown" ? "info" : "error",
    title: `CodeBuild ${project}: build ${step.toLowerCase().replaceAll("_", " ")}`,
    description: [
      ...failedPhases(memberAt(information, "phases")),
      line("Source:", branch),
      line("Started by", textAt(information, "initiator")),
    ],
    labels: { project, resource: buildArn, branch },
    links: [
      ...saidLink("Build logs", logs),
      ...consoleLink(
        "Build",
        region,
        `codesuite/codebuild/${account}/projects/${encodeURIComponent(project)}/build/${encodeURIComponent(build)}`,
      ),
    ],
  });
}

/** Without the commit: `refs/heads/main^{sha}` is `refs/heads/main`; a commit alone names no line of builds. */
function branchOf(sourceVersion: string | undefined): string | undefined {
  const branch = sourceVersion?.replace(/\^\{.*\}$/, "");
  return branch === undefined || /^[0-9a-f]{40}$/.test(branch) || branch.startsWith("arn:") ? undefined : branch;
}

function failedPhases(phases: unknown): string[] {
  return listOf(phases).flatMap((phase) => {
    const status = textAt(phase, "phase-status") ?? "SUCCEEDED";
    if (status === "SUCCEEDED") return [];
    const context = listOf(memberAt(phase, "phase-context")).filter((line) => typeof line === "string");
    return [`${textAt(phase, "phase-type")}: ${[status, ...context].join(" ")}`];
  });
}
