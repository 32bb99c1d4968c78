// Each function runs, bundled, against stand-ins of its services; every call that it makes is put before the policy that its stack gives it, and every permission of that
// policy must be needed by a call, or by one of the reasons below.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { resolveIn, type TemplateJson } from "../../scripts/templates/resolve-template.ts";
import { EVERYTHING, EVERYTHING_SERVERLESS } from "../stacks/support/everything.ts";
import { synthesize } from "../stacks/support/synth.ts";
import { type IamCall, type RecordingAws, recordingAws } from "../support/recording-aws.ts";
import { EVENTS, OBJECTS } from "./support/function-events.ts";
import { NEEDED_BY_SERVICES, withKeyUse } from "./support/granted-to-services.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CACHE = resolve(ROOT, ".cache/least-privilege");
const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** One account, without a stream and without a key. */
const MINIMAL: ConfigInput = { deploy: { region: REGION } };

const KEY_POLICY = keyPolicyOf(EVERYTHING);

const SEARCH_ARNS = {
  es: `arn:aws:es:${REGION}:${ACCOUNT}:domain/belfry-test-logs`,
  aoss: `arn:aws:aoss:${REGION}:${ACCOUNT}:collection/07tjusf2h91cunochc`,
};

describe.each([
  ["a central account with a domain", "central", EVERYTHING, SEARCH_ARNS.es],
  ["a central account with a collection", "serverless", EVERYTHING_SERVERLESS, SEARCH_ARNS.aoss],
  ["one account", "minimal", MINIMAL, SEARCH_ARNS.es],
] as const)("in %s", (_, name, config, openSearchArn) => {
  const functions = functionsOf(config, openSearchArn);
  const calls = new Map<string, readonly IamCall[]>();
  let aws: RecordingAws;

  beforeAll(async () => {
    build(name, config);
    aws = await recordingAws({ account: ACCOUNT, objects: OBJECTS, openSearchArn });
    for (const deployed of functions) {
      const own = withKeyUse(await callsOf(aws, name, deployed), deployed.statements, KEY_ARN);
      calls.set(deployed.name, own);
      if (DECIDING.test(deployed.name)) decidingCalls.push(...own);
    }
  }, 180_000);
  afterAll(() => aws.close());

  it.each(functions)("$name may do what it does, and nothing else", async (deployed) => {
    const own = calls.get(deployed.name) ?? [];
    const refused = [];
    for (const call of own) if (!(await allows(deployed.statements, call))) refused.push(call);
    expect(refused).toEqual([]);
    const needed = DECIDING.test(deployed.name) ? [...own, ...decidingCalls.filter(isOnState)] : own;
    expect(await unneeded(deployed.statements, needed)).toEqual([]);
  });
});

/** Functions of alerting work with one table and its queues by the same code: what one of them asks of those for some event, another asks for another. */
const DECIDING = /^(alert-|alarm-action$|health-back-fill$)/;
const decidingCalls: IamCall[] = [];

function isOnState({ resource }: IamCall): boolean {
  return /:(table\/belfry-test-alerts|belfry-test-(timers|outbox|corrections))$|^arn:aws:kms:.*:key\/1234abcd-/.test(
    resource,
  );
}

it("has no reason that excuses nothing", () => {
  const granted = [EVERYTHING, EVERYTHING_SERVERLESS, MINIMAL].flatMap((config) =>
    functionsOf(config, SEARCH_ARNS.es).flatMap(({ statements }) => statements.flatMap(({ Action }) => listOf(Action))),
  );
  expect(NEEDED_BY_SERVICES.filter(({ actions }) => !actions.some((action) => granted.includes(action)))).toEqual([]);
});

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly [key: string]: unknown;
}

interface DeployedFunction {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
}

const TYPES = ["AWS::Lambda::Function", "AWS::IAM::Role"];

/** All functions of all stacks, as they are once deployed. */
function functionsOf(config: ConfigInput, searchArn: string): DeployedFunction[] {
  const parameters = { "/belfry/test/key-arn": KEY_ARN, "/belfry/test/search-arn": searchArn };
  const place = { account: ACCOUNT, region: REGION, parameters };
  return [...synthesize(config).templates.values()].flatMap((template) => {
    const json = template.toJSON() as TemplateJson;
    const ours = Object.entries(json.Resources).filter(([, { Type }]) => TYPES.includes(Type));
    const resolved = resolveIn(json, place)(Object.fromEntries(ours)) as TemplateJson["Resources"];
    return Object.entries(resolved)
      .filter(([, { Type }]) => Type === "AWS::Lambda::Function")
      .map(([, { Properties = {} }]) => {
        const role = Object.values(resolved).find(
          ({ Type, Properties: { RoleName } = {} }) =>
            Type === "AWS::IAM::Role" && String(Properties.Role).endsWith(`/${String(RoleName)}`),
        );
        return deployedFunction(Properties, role?.Properties ?? {});
      });
  });
}

/** What the foundation's key says itself. */
function keyPolicyOf(config: ConfigInput): unknown {
  const json = synthesize(config).template("Foundation").toJSON() as TemplateJson;
  const key = Object.values(json.Resources).find(({ Type }) => Type === "AWS::KMS::Key");
  return resolveIn(json, { account: ACCOUNT, region: REGION })(key?.Properties?.KeyPolicy);
}

function deployedFunction(properties: Readonly<Record<string, unknown>>, role: Readonly<Record<string, unknown>>) {
  const { Variables: environment } = properties.Environment as { Variables: Record<string, string> };
  const policies = role.Policies as { PolicyDocument: { Statement: Statement[] } }[];
  return {
    name: String(properties.FunctionName).replace("belfry-test-", ""),
    environment,
    statements: policies.flatMap(({ PolicyDocument: document }) => document.Statement),
  };
}

function build(name: string, config: ConfigInput): void {
  mkdirSync(CACHE, { recursive: true });
  const file = resolve(CACHE, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const args = ["scripts/build.ts", "--config", file, "--out", resolve(CACHE, name)];
  const { stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  expect(stderr).toBe("");
}

/** Runs the bundle on the events that make it do all that it can, and answers what it called. */
async function callsOf(aws: RecordingAws, folder: string, deployed: DeployedFunction): Promise<IamCall[]> {
  const { name, environment, statements } = deployed;
  const given = EVENTS[name];
  const seen = () => ({ stored: aws.stored(), policy: JSON.stringify(statements) });
  const events = typeof given === "function" ? given(seen()) : given;
  if (events === undefined) throw new Error(`no events for ${name}: add some to support/function-events.ts`);
  const file = resolve(CACHE, `${folder}-${name}.events.json`);
  writeFileSync(file, JSON.stringify(events));
  const from = aws.calls.length;
  const output = await run([resolve(ROOT, "test/support/run-bundle.ts"), resolve(CACHE, folder, name), file], {
    ...environment,
    ...(environment.OPENSEARCH_URL === undefined ? {} : { OPENSEARCH_URL: aws.url }),
    AWS_ENDPOINT_URL: aws.url,
    // Of the user's own function in examples/own-function.
    ORDERS_URL: `${aws.url}/orders`,
    AWS_REGION: REGION,
    // A browser that does not start: what its canaries call then is what they call in any case.
    CHROME_PATH: "/nowhere",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_LAMBDA_FUNCTION_NAME: name,
    FUNCTION_ARN: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:belfry-test-${name}`,
  });
  const results = output.split("\n").filter((line) => line.startsWith("RESULT "));
  expect(results, output).toHaveLength(events.length);
  expect(results.filter((line) => line.includes('{"error":'))).toEqual([]);
  return [...new Map(aws.calls.slice(from).map((call) => [JSON.stringify(call), call])).values()];
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done, fail) => child.on("error", fail).on("close", () => done(output)));
}

async function allows(statements: readonly Statement[], { action, resource }: IamCall): Promise<boolean> {
  const simulation = await runSimulation(
    {
      request: {
        action,
        resource: { resource, accountId: ACCOUNT },
        principal: `arn:aws:iam::${ACCOUNT}:role/function`,
        contextVariables: {},
      },
      identityPolicies: [{ name: "function", policy: { Version: "2012-10-17", Statement: statements } }],
      // A key is used by who its own policy lets in.
      ...(action.startsWith("kms:") ? { resourcePolicy: KEY_POLICY } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (simulation.resultType === "error")
    throw new Error(`${action} on ${resource}: ${JSON.stringify(simulation.errors)}`);
  return simulation.overallResult === "Allowed";
}

/** Each permission, one action on one resource, that none of the calls needs and no reason excuses. */
async function unneeded(statements: readonly Statement[], calls: readonly IamCall[]): Promise<IamCall[]> {
  const found: IamCall[] = [];
  for (const { Action, Resource } of statements) {
    for (const action of listOf(Action)) {
      for (const resource of listOf(Resource)) {
        const alone: Statement[] = [{ Effect: "Allow", Action: action, Resource: resource }];
        const excused = NEEDED_BY_SERVICES.some(({ actions, on }) => actions.includes(action) && on.test(resource));
        if (!(excused || (await anyAllowed(alone, calls)))) found.push({ action, resource });
      }
    }
  }
  return found;
}

async function anyAllowed(statements: readonly Statement[], calls: readonly IamCall[]): Promise<boolean> {
  for (const call of calls) if (await allows(statements, call)) return true;
  return false;
}

function listOf(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}
