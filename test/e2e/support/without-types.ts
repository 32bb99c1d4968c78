import { type App, Stack } from "aws-cdk-lib";

/**
 * What ministack's CloudFormation does not know: types, and types with a property. It refuses a template with such a resource. Stacks are rehearsed without them, and the
 * tests fail when one of these is in no template any more, or, because the deployment is refused, when a template has another.
 */
export const NOT_EMULATED: readonly string[] = [
  "AWS::Athena::NamedQuery",
  "AWS::CloudFormation::StackSet",
  "AWS::CloudWatch::Alarm with Metrics",
  "AWS::CloudWatch::CompositeAlarm",
  "AWS::Events::Archive",
  "AWS::Events::EventBusPolicy",
  "AWS::Logs::AccountPolicy",
  "AWS::Logs::Destination",
  "AWS::Logs::QueryDefinition",
  "AWS::Oam::Sink",
  "AWS::XRay::Group",
  "AWS::XRay::SamplingRule",
];

interface Resource {
  readonly Type: string;
  readonly Properties?: object;
  DependsOn?: string | string[];
}

interface Template {
  Resources: Record<string, Resource>;
  Parameters?: Record<string, unknown>;
}

/** Of the CDK's stacks, what gives their templates, tokens and all. */
interface Templating {
  _toCloudFormation(): object;
}

// Stands where a template refers to what was left out.
const LEFT_OUT = "left-out";

// A stack must have a resource.
const NOTHING = { Type: "AWS::CloudFormation::WaitConditionHandle" };

/** Leaves all resources of some kinds out of the templates that an application will give. Returns the kinds that it had, once it is synthesized. */
export function leaveOut(app: App, kinds: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const stack of app.node.findAll().filter((construct) => Stack.isStack(construct))) {
    const templating = stack as unknown as Templating;
    const whole = templating._toCloudFormation.bind(stack);
    templating._toCloudFormation = () => without(stack.resolve(whole()), kinds, found);
  }
  return found;
}

function without(template: Template, kinds: readonly string[], found: Set<string>): object {
  const ids = new Set<string>();
  for (const [id, resource] of Object.entries(template.Resources ?? {})) {
    const kind = kindsOf(resource).find((each) => kinds.includes(each));
    if (kind === undefined) continue;
    ids.add(id);
    found.add(kind);
    delete template.Resources[id];
  }
  for (const resource of Object.values(template.Resources ?? {})) {
    if (resource.DependsOn === undefined) continue;
    resource.DependsOn = [resource.DependsOn].flat().filter((id) => !ids.has(id));
  }
  if (Object.keys(template.Resources ?? {}).length === 0) template.Resources = { Nothing: NOTHING };
  const rest = unreferring(template, ids) as Template;
  const text = JSON.stringify({ ...rest, Parameters: undefined });
  for (const parameter of Object.keys(rest.Parameters ?? {})) {
    if (!text.includes(`"${parameter}"`)) delete rest.Parameters?.[parameter];
  }
  return rest;
}

function kindsOf({ Type, Properties = {} }: Resource): string[] {
  return [Type, ...Object.keys(Properties).map((property) => `${Type} with ${property}`)];
}

/** Replaces references to what was left out. */
function unreferring(value: unknown, ids: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => unreferring(item, ids));
  if (typeof value !== "object" || value === null) return value;
  const [[key, inner] = ["", undefined], ...others] = Object.entries(value);
  const named = key === "Ref" ? inner : key === "Fn::GetAtt" && Array.isArray(inner) ? inner[0] : undefined;
  if (others.length === 0 && typeof named === "string" && ids.has(named)) return LEFT_OUT;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unreferring(item, ids)]));
}
