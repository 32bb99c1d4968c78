import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { resolveIn, type TemplateJson } from "../../scripts/templates/resolve-template.ts";
import { MINIMAL, synthesize } from "./support/synth.ts";

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/fix`;
const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:replace`;
const EXECUTIONS = `arn:aws:ssm:${REGION}:${ACCOUNT}:automation-execution/1`;

type Corrections = NonNullable<NonNullable<ConfigInput["oncall"]>["corrections"]>;
type Rule = Corrections[string];
type Properties = Readonly<Record<string, unknown>>;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const ruleOf = (run: Rule["run"], dryRun = false): Rule => ({ matchers: ['alertname="down"'], run, dryRun });
const restart = ruleOf({ type: "ec2-recover" });
const restartAsRole = ruleOf({ type: "ec2-recover", role: ROLE });
const automation = ruleOf({ type: "ssm-automation", document: "Fix", region: "eu-central-1", role: ROLE });
const machine = ruleOf({ type: "step-functions", stateMachineArn: MACHINE });

/** What the function's role may do; undefined where there is no function. */
function statementsOf(corrections: Corrections): Statement[] | undefined {
  const json = synthesize({ ...MINIMAL, oncall: { corrections } })
    .template("Alerting")
    .toJSON() as TemplateJson;
  const resolve = resolveIn(json, { account: ACCOUNT, region: REGION });
  const resources = Object.values(json.Resources).map(({ Type, Properties }) => ({
    Type,
    ...(resolve(Properties) as Properties),
  })) as (Properties & { readonly Type: string })[];
  const correct = resources.find(({ FunctionName }) => FunctionName === "belfry-test-alert-correct");
  if (correct === undefined) return undefined;
  const role = resources.find(
    ({ Type, RoleName }) => Type === "AWS::IAM::Role" && String(correct.Role).endsWith(`/${String(RoleName)}`),
  );
  const policies = role?.Policies as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument: document }) => document.Statement);
}

async function allows(statements: readonly Statement[], { action, resource, context = {} }: Call): Promise<boolean> {
  const simulation = await runSimulation(
    {
      request: {
        action,
        resource: { resource, accountId: ACCOUNT },
        principal: `arn:aws:iam::${ACCOUNT}:role/function`,
        contextVariables: context,
      },
      identityPolicies: [{ name: "function", policy: { Version: "2012-10-17", Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (simulation.resultType === "error") throw new Error(`${action}: ${JSON.stringify(simulation.errors)}`);
  return simulation.overallResult === "Allowed";
}

/** Each action on each resource; AWS's own documents are left out. */
function oneByOne(statements: readonly Statement[]): Statement[] {
  return statements.flatMap(({ Action, Resource, ...rest }) =>
    [Action].flat().flatMap((action) =>
      [Resource]
        .flat()
        .filter((resource) => resource !== RESTART)
        .map((resource) => ({ ...rest, Action: action, Resource: resource })),
    ),
  );
}

const document = (name: string, region = REGION, account = ACCOUNT): Call => ({
  action: "ssm:StartAutomationExecution",
  resource: `arn:aws:ssm:${region}:${account}:document/${name}`,
});
const start: Call = { action: "ssm:StartAutomationExecution", resource: EXECUTIONS };
const look: Call = { action: "ssm:GetAutomationExecution", resource: EXECUTIONS };
const pass = (role: string, to = "ssm.amazonaws.com"): Call => ({
  action: "iam:PassRole",
  resource: role,
  context: { "iam:PassedToService": to },
});
const instance = (action: string, tag: string): Call => ({
  action,
  resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`,
  context: { "aws:ResourceTag/belfry:correct": tag },
});
/** The simulator does not know that AWS's own documents belong to no account. */
const RESTART = "arn:aws:ssm:*::document/AWS-RestartEC2Instance";
const DESCRIBE = ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus"].map((action) => ({ action, resource: "*" }));
const EXECUTION = `${MACHINE.replace("stateMachine", "execution")}:belfry-1`;
const MACHINE_CALLS: readonly Call[] = [
  { action: "states:DescribeStateMachine", resource: MACHINE },
  { action: "states:StartExecution", resource: MACHINE },
  { action: "states:DescribeExecution", resource: EXECUTION },
];
const OURS = /^(ssm|iam|ec2|states):/;

describe("the function for corrective actions", () => {
  it("is not made where there are no rules", () => {
    expect(statementsOf({})).toBeUndefined();
  });

  it("may start nothing while all is a dry run", () => {
    const statements = statementsOf({ restart: { ...restart, dryRun: true }, machine: { ...machine, dryRun: true } });
    expect(statements?.flatMap(({ Action }) => Action).filter((action) => OURS.test(action))).toEqual([]);
  });

  it.each([
    [
      "restarts instances as itself",
      { restart },
      [start, look, instance("ec2:StartInstances", "true"), instance("ec2:StopInstances", "true"), ...DESCRIBE],
    ],
    ["restarts instances as a role", { restart: restartAsRole }, [start, look, pass(ROLE)]],
    ["runs a document as a role", { automation }, [document("Fix", "eu-central-1"), start, look, pass(ROLE)]],
    ["starts a state machine", { machine }, MACHINE_CALLS],
  ] as const)("may do what it must, and nothing else: %s", async (_, rules, calls: readonly Call[]) => {
    const statements = (statementsOf(rules as Corrections) ?? []).filter(({ Action }) =>
      [Action].flat().some((action) => OURS.test(action)),
    );
    const isRestart = Object.values(rules as Corrections).some(({ run }) => run.type === "ec2-recover");
    expect(statements.some(({ Resource }) => Resource.includes(RESTART))).toBe(isRestart);
    for (const call of calls) expect([call, await allows(statements, call)]).toEqual([call, true]);
    for (const alone of oneByOne(statements)) {
      const uses = await Promise.all(calls.map((call) => allows([alone], call)));
      expect([alone, uses.includes(true)]).toEqual([alone, true]);
    }
  });

  it.each([
    ["another document", document("Other")],
    ["the document elsewhere", document("Fix", REGION)],
    ["another account's document", document("Fix", "eu-central-1", "222233334444")],
    ["another role", pass(`${ROLE}-2`)],
    ["the role to another service", pass(ROLE, "lambda.amazonaws.com")],
    ["an instance that is not tagged", instance("ec2:StopInstances", "false")],
    ["the end of an instance", instance("ec2:TerminateInstances", "true")],
    ["another state machine", { action: "states:StartExecution", resource: `${MACHINE}-2` }],
    ["somebody's execution", { action: "states:DescribeExecution", resource: EXECUTION.replace("belfry-", "") }],
  ])("may not: %s", async (_, call: Call) => {
    expect(await allows(statementsOf({ restart, automation, machine }) ?? [], call)).toBe(false);
  });

  it("reads its queue, one message at a time", () => {
    const template = synthesize({ ...MINIMAL, oncall: { corrections: { restart } } }).template("Alerting");
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    template.hasResourceProperties("AWS::Lambda::Function", { FunctionName: "belfry-test-alert-correct", Timeout: 60 });
  });
});
