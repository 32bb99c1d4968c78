import { createHash } from "node:crypto";
import { ASSUMED_ROLE, RESTART_DOCUMENT } from "../config/oncall/automation-names.ts";
import type { CorrectionRule, CorrectionRun } from "../config/oncall/corrections.ts";
import { filled, labelsIn } from "../config/oncall/placeholders.ts";
import { BelfryError } from "../platform/errors.ts";

/** What is run, with all values in their places. Plain JSON without undefined values. */
export type PlannedRun =
  | {
      readonly type: "ssm-automation";
      readonly document: string;
      readonly documentVersion?: string;
      readonly parameters: Readonly<Record<string, readonly string[]>>;
      readonly region: string;
    }
  /** `input` is JSON. */
  | { readonly type: "step-functions"; readonly stateMachineArn: string; readonly input: string };

type Labels = Readonly<Record<string, string>>;

/** Ids, names and ARNs. Braces would be read again by Systems Manager, and what a shell minds must not come near one. A first hyphen would be an option. */
const PARAMETER_VALUE = /^[\w./:@][\w./:@=+,-]{0,255}$/;

const INSTANCE_ID = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/** A state machine's input is data and never read again; it has to be text for people to read, and not endless. */
const INPUT_VALUE = /^\P{Cc}{1,1024}$/u;

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

/** What a rule runs for an alert of these labels. Raises BAD_ARGUMENT with the reason when a label is missing, or holds what may not stand in its place. */
export function plannedRun(run: CorrectionRun, labels: Labels): PlannedRun {
  switch (run.type) {
    case "step-functions":
      return {
        type: "step-functions",
        stateMachineArn: run.stateMachineArn,
        input: JSON.stringify(filledDeep(run.input, (label) => value(labels, label, INPUT_VALUE))),
      };
    case "ec2-recover": {
      const parameters = { InstanceId: [value(labels, run.instanceLabel, INSTANCE_ID)] };
      return automation({ document: RESTART_DOCUMENT, parameters, role: run.role }, labels);
    }
    case "ssm-automation": {
      const parameters = filledDeep(run.parameters, (label) => value(labels, label, PARAMETER_VALUE));
      return automation({ ...run, parameters }, labels);
    }
  }
}

interface Automation {
  readonly document: string;
  readonly documentVersion?: string | undefined;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly region?: string | undefined;
  readonly role?: string | undefined;
}

function automation({ document, documentVersion, parameters, region, role }: Automation, labels: Labels): PlannedRun {
  return {
    type: "ssm-automation",
    document,
    ...(documentVersion === undefined ? {} : { documentVersion }),
    parameters: role === undefined ? parameters : { ...parameters, [ASSUMED_ROLE]: [role] },
    region: region ?? value(labels, "region", REGION),
  };
}

function value(labels: Labels, label: string, allowed: RegExp): string {
  const text = Object.hasOwn(labels, label) ? labels[label] : "";
  if (text === "") throw new BelfryError("BAD_ARGUMENT", `the alert has no label ${label}`);
  if (allowed.test(text)) return text;
  throw new BelfryError("BAD_ARGUMENT", `the label ${label} holds what may not be given on: ${JSON.stringify(text)}`);
}

/** Texts anywhere in a JSON value, filled; names stay as they are. */
function filledDeep<T>(node: T, valueOfLabel: (label: string) => string): T {
  if (typeof node === "string") return filled(node, valueOfLabel) as T;
  if (Array.isArray(node)) return node.map((item) => filledDeep(item, valueOfLabel)) as T;
  if (typeof node !== "object" || node === null) return node;
  const members = Object.entries(node).map(([name, member]) => [name, filledDeep(member, valueOfLabel)]);
  return Object.fromEntries(members) as T;
}

/** The labels that a rule reads, besides those that it matches. */
export function readLabels({ run, resource = [] }: CorrectionRule): string[] {
  return [...new Set([...runLabels(run), ...resource, "account", "region"])];
}

function runLabels(run: CorrectionRun): string[] {
  if (run.type === "ec2-recover") return [run.instanceLabel];
  return labelsIn(JSON.stringify(run.type === "step-functions" ? run.input : run.parameters));
}

/**
 * What an alert's action is done to, for people: account, region, and the values of the rule's labels, each once. Rules that say the same of it by labels of other
 * names mean the same resource.
 */
export function resourceOf({ run, resource = runLabels(run) }: CorrectionRule, labels: Labels): string {
  const values = resource.filter((label) => label !== "account" && label !== "region").map((label) => labels[label]);
  const named = [...new Set(values)].filter((text) => text !== undefined && text !== "").sort();
  return [labels.account ?? "", labels.region ?? "", ...named].filter((text) => text !== "").join(" ");
}

/** A digest of texts in hexadecimal, 32 digits. */
export function digestOf(...texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}

/** What is run, in words: `AWS-RestartEC2Instance (InstanceId: i-0123) in eu-west-1`. */
export function describeRun(plan: PlannedRun): string {
  if (plan.type === "step-functions") return `${plan.stateMachineArn.split(":").at(-1)} with ${plan.input}`;
  const given = Object.entries(plan.parameters).map(([name, values]) => `${name}: ${values.join(", ")}`);
  return `${plan.document}${given.length === 0 ? "" : ` (${given.join("; ")})`} in ${plan.region}`;
}
