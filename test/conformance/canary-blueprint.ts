import { Blueprint } from "@belfry/core/config/canaries/blueprint";
import { checksOfBlueprint } from "@belfry/core/config/canaries/blueprint-checks";
import { Canaries } from "@belfry/core/config/canaries/schema";
import type { CanaryScore, ScoreCanaryFile } from "./canary-score.ts";
import { definitionsOf, type FormSchema, type ObjectForm, SchemaForms } from "./schema-forms.ts";

interface Case {
  readonly name: string;
  readonly holds: boolean;
}

/** Scores AWS's JSON Schema of blueprints: each form that it allows must be accepted, and become checks of Belfry's; what lacks a member, or has one too many, must not. */
export const scoreBlueprintSchema: ScoreCanaryFile = async (content) => {
  const schema = content as FormSchema | null;
  const step = definitionsOf(schema ?? {}).Step;
  if (schema === null || step === undefined || schema.properties?.steps === undefined) return undefined;
  const forms = new SchemaForms(schema);
  const steps = forms.forms(step);
  return scoreOf([...steps.flatMap((form) => stepCases(form, forms)), ...wholeCases(schema, forms)]);
};

/** Scores a `blueprint-config.json`: it must be accepted, with all of its steps. */
export const scoreBlueprint: ScoreCanaryFile = async (content) => {
  const steps = (content as { steps?: unknown } | null)?.steps;
  if (typeof steps !== "object" || steps === null || Array.isArray(steps)) return undefined;
  const all = Object.values(steps);
  if (all.length === 0 || !all.every((step) => Object.hasOwn(Object(step), "checkerType"))) return undefined;
  return scoreOf([{ name: "is accepted", holds: checkCount(content) === all.length }]);
};

function stepCases(form: ObjectForm, forms: SchemaForms): Case[] {
  const objects = forms.objectsOf(form);
  const [least = {}] = objects;
  const type = String(form.chosen.checkerType);
  const accepted = objects.map((step) => ({
    name: `${type} is refused: ${JSON.stringify(step)}`,
    holds: isAccepted(step),
  }));
  const lacking = form.required.map((name) => {
    const { [name]: _left, ...rest } = least;
    return { name: `${type} is accepted without ${name}`, holds: !isAccepted(rest) };
  });
  const extra = {
    name: `${type} is accepted with a member that there is not`,
    holds: !isAccepted({ ...least, extraMember: 1 }),
  };
  return [...accepted, ...lacking, extra];
}

function wholeCases(schema: FormSchema, forms: SchemaForms): Case[] {
  const step = { stepName: "a", checkerType: "TCP", hostname: "example.com", port: 1 };
  const steps = { "1": step };
  const members = Object.entries(schema.properties ?? {}).filter(([name]) => name !== "steps");
  const optional = members.flatMap(([name, member]) => forms.values(member).map((value) => ({ steps, [name]: value })));
  return [
    ...optional.map((whole) => ({ name: `is refused: ${JSON.stringify(whole)}`, holds: checkCount(whole) === 1 })),
    { name: "ten steps are refused", holds: checkCount({ steps: numbered(10, step) }) === 10 },
    { name: "eleven steps are accepted", holds: checkCount({ steps: numbered(11, step) }) === undefined },
    { name: "no steps are accepted", holds: checkCount({ steps: {} }) === undefined && checkCount({}) === undefined },
    { name: "a member that there is not is accepted", holds: checkCount({ steps, more: 1 }) === undefined },
  ];
}

function numbered(count: number, step: object): Record<string, object> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [String(i + 1), step]));
}

function isAccepted(step: object): boolean {
  return checkCount({ steps: { "1": step } }) === 1;
}

/** How many checks a blueprint becomes; undefined for one that is refused, or becomes what Belfry's own schema refuses. */
function checkCount(blueprint: unknown): number | undefined {
  const parsed = Blueprint.safeParse(blueprint);
  if (!parsed.success) return undefined;
  const checks = checksOfBlueprint(parsed.data);
  const own = Canaries.safeParse({ a: { kind: "multi-check", checks }, b: { kind: "multi-check", blueprint } });
  return own.success ? checks.length : undefined;
}

function scoreOf(cases: readonly Case[]): CanaryScore {
  const failures = cases.filter(({ holds }) => !holds).map(({ name }) => name);
  return { cases: cases.length, passed: cases.length - failures.length, failures };
}
