import { AwsCallError } from "@belfry/core/platform/aws-call";
import { expect, it } from "vitest";
import { correctionWorld, INSTANCE, openedOf, ruleOf, signal } from "../../../support/corrections.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RUN = `AWS-RestartEC2Instance (InstanceId: ${INSTANCE}) in eu-west-1`;

function refusal(name: string, status?: number): AwsCallError {
  const cause = Object.assign(new Error("no"), { name, $metadata: { httpStatusCode: status } });
  return new AwsCallError("ssm:StartAutomationExecution", cause);
}

it("only says what it would do, unless it is told otherwise", async () => {
  const world = correctionWorld({ restart: ruleOf({ dryRun: undefined, approval: undefined }) });
  const [id = ""] = await world.open(openedOf());
  await world.look(id);
  await world.look(id);
  expect(world.told()).toEqual([`restart: dry run: would have run ${RUN}, once approved`]);
  expect(world.runs.started.size).toBe(0);
});

it("starts, looks after it, and says what came of it", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  const [id = ""] = await world.open(openedOf());
  await world.look(id);
  expect([...world.runs.started.values()]).toMatchObject([{ plan: { parameters: { InstanceId: [INSTANCE] } } }]);
  expect(world.dues.at(-1)).toMatchObject({ kind: "correction", key: id, at: world.time.now + 10_000 });
  world.time.now += 10_000;
  await world.look(id);
  expect(world.dues.at(-1)?.at).toBe(world.time.now + 20_000);
  world.runs.state = { state: "succeeded", detail: "Success" };
  await world.look(id);
  expect(world.told()).toHaveLength(1);
  world.time.now += 20_000;
  await world.look(id);
  await world.look(id);
  expect(world.told()).toEqual([`restart: started ${RUN}`, `restart: ran ${RUN}: Success`]);
  expect(world.notices()[1]?.links[0]?.url).toContain("/systems-manager/automation/execution/exec-");
  expect(world.runs.started.size).toBe(1);
});

it("asks, and runs once somebody has approved, who is named", async () => {
  const world = correctionWorld({ restart: ruleOf({ approval: true }) });
  const [id = ""] = await world.open(openedOf());
  await world.look(id);
  const [question] = world.notices();
  expect(question?.lines[0]).toContain(`waits for approval until 2026-11-22 14:04 UTC: run ${RUN}`);
  expect(question?.approval).toEqual({ title: `Approve restart: 111122223333 eu-west-1 ${INSTANCE}`, request: id });
  expect(world.runs.started.size).toBe(0);
  expect(await world.corrector().approve(id, "ada", signal)).toBe("approved");
  expect(await world.corrector().approve(id, "bob", signal)).toBe("approved-already");
  await world.look(id);
  expect(world.runs.started.size).toBe(1);
  expect(world.told().slice(1)).toEqual(["restart: approved by ada", `restart: started ${RUN}, approved by ada`]);
});

it("lets a question expire", async () => {
  const world = correctionWorld({ restart: ruleOf({ approval: true, approvalExpires: "10m" }) });
  const [id = ""] = await world.open(openedOf());
  expect(await world.corrector().approve(id, "ada", signal)).toBe("not-waiting");
  expect(await world.corrector().approve("nothing", "ada", signal)).toBe("unknown-request");
  await world.look(id);
  world.time.now += 10 * MINUTE_MS;
  expect(await world.corrector().approve(id, "ada", signal)).toBe("expired");
  await world.look(id);
  await world.look(id);
  expect(world.told().at(-1)).toBe("restart: not run: nobody approved it in time");
  expect(world.notices()).toHaveLength(2);
});

it("asks once for one resource", async () => {
  const world = correctionWorld({ restart: ruleOf({ approval: true }) });
  const [first = ""] = await world.open(openedOf("g#1"));
  await world.look(first);
  const [second = ""] = await world.open(openedOf("g#2"));
  await world.look(second);
  expect(world.told().at(-1)).toBe("restart: not run: the same waits for an approval already");
});

it("cools down, by resource", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  for (const id of await world.open(openedOf())) await world.look(id);
  world.time.now += 59 * MINUTE_MS;
  const other = "i-0123456789abcdef0";
  for (const id of await world.open(openedOf("g#2", [INSTANCE, other], world.time.now))) await world.look(id);
  expect([...world.runs.started.values()]).toMatchObject([{}, { plan: { parameters: { InstanceId: [other] } } }]);
  expect(world.told()).toContain("restart: not run: it was run 59 min ago: cooling down for 1 min more");
  world.time.now += MINUTE_MS;
  for (const id of await world.open(openedOf("g#3", [INSTANCE], world.time.now))) await world.look(id);
  expect(world.runs.started.size).toBe(3);
});

it("does nothing twice for one statement of an alert, however often it is told again", async () => {
  const world = correctionWorld({ restart: ruleOf({ cooldown: "0s" }) });
  const opened = openedOf();
  for (const id of [...(await world.open(opened)), ...(await world.open(opened))]) await world.look(id);
  world.time.now += 5 * HOUR_MS;
  for (const id of await world.open({ ...opened, id: "g#2" })) await world.look(id);
  expect(world.runs.started.size).toBe(1);
  expect(world.told().at(-1)).toBe("restart: not run: it was run for this alert already, 5 h ago");
});

it("is capped by the hour, all resources together", async () => {
  const world = correctionWorld({ restart: ruleOf({ maxPerHour: 2 }) });
  const instances = ["i-00000001", "i-00000002", "i-00000003"];
  const ids = await world.open(openedOf("g#1", instances));
  await Promise.all(ids.map((id) => world.look(id)));
  expect(world.runs.started.size).toBe(2);
  expect(world.told()).toContain("restart: not run: it was run 2 times within an hour");
});

it("leaves to people what another rule's action may have set off", async () => {
  const step = { type: "step-functions", stateMachineArn: "arn:aws:states:eu-west-1:111122223333:stateMachine:fix" };
  const fix = ruleOf({ run: { ...step, input: { id: "{instance}" } } });
  const world = correctionWorld({ restart: ruleOf(), fix });
  for (const id of await world.open(openedOf())) await world.look(id);
  expect(world.runs.started.size).toBe(1);
  expect(world.told()).toContain("fix: not run: restart was run on it 1 min ago, which may be why");
});

it("does not run what has changed since it was asked about, was switched off, or comes too late", async () => {
  const world = correctionWorld({ restart: ruleOf({ approval: true }) });
  const instances = ["i-00000001", "i-00000002", "i-00000003"];
  const [first = "", second = "", third = ""] = await world.open(openedOf("g#1", instances));
  await world.look(first);
  await world.look(second);
  for (const id of [first, second]) expect(await world.corrector().approve(id, "ada", signal)).toBe("approved");
  const run = { type: "ssm-automation", document: "Other", parameters: { InstanceId: ["{instance}"] } };
  world.ports.rules = { restart: ruleOf({ run }) };
  await world.look(first);
  world.ports.rules = {};
  await world.look(second);
  world.ports.rules = { restart: ruleOf() };
  world.time.now += 16 * MINUTE_MS;
  await world.look(third);
  expect(world.told()).toContain("restart: not run: the rule would run something else than was asked about");
  expect(world.told()).toContain("restart: not run: the rule is not there any more");
  expect(world.told()).toContain("restart: not run: the alert was 16 min ago");
  expect(world.runs.started.size).toBe(0);
});

it("asks for the same execution again when it is not known whether it was started", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  const [id = ""] = await world.open(openedOf());
  world.runs.fault = (when) => {
    if (when === "after") throw refusal("TimeoutError");
  };
  await world.look(id);
  await world.look(id);
  expect(world.told()).toEqual([]);
  world.runs.fault = () => undefined;
  world.time.now += 2 * MINUTE_MS;
  await world.look(id);
  expect(world.told()).toEqual([`restart: started ${RUN}`]);
  expect(world.runs.started.size).toBe(1);
});

it("says that it does not know, after some time, and does not try again", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  const [id = ""] = await world.open(openedOf());
  world.runs.fault = () => {
    throw refusal("InternalServerError", 500);
  };
  for (let minute = 0; minute <= 20; minute += 2) {
    await world.look(id);
    world.time.now += 2 * MINUTE_MS;
  }
  world.runs.fault = () => undefined;
  await world.look(id);
  expect(world.told()).toEqual([`restart: it is not known whether it was started: ${RUN}; it is not tried again`]);
  expect(world.runs.started.size).toBe(0);
});

it("says at once what AWS refuses, and tries again what it throttles", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  const [first = "", second = ""] = await world.open(openedOf("g#1", ["i-00000001", "i-00000002"]));
  world.runs.fault = () => {
    throw refusal("AutomationDefinitionNotFoundException", 400);
  };
  await world.look(first);
  expect(world.told()[0]).toContain("restart: was not started: ssm:StartAutomationExecution failed");
  world.runs.fault = () => {
    throw refusal("AutomationExecutionLimitExceededException", 400);
  };
  await world.look(second);
  world.runs.fault = () => undefined;
  world.time.now += 2 * MINUTE_MS;
  await world.look(second);
  expect(world.runs.started.size).toBe(1);
});

it("gives up looking after what never ends, and what it may not read", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  const [first = "", second = ""] = await world.open(openedOf("g#1", ["i-00000001", "i-00000002"]));
  await world.look(first);
  await world.look(second);
  world.runs.outcome = async () => {
    throw refusal("AccessDeniedException", 400);
  };
  world.time.now += MINUTE_MS;
  await world.look(first);
  world.runs.outcome = async () => ({ state: "running", detail: "InProgress" });
  world.time.now += 25 * HOUR_MS;
  await world.look(second);
  const ends = world.told().slice(2);
  expect(ends[0]).toContain("was started, and its outcome cannot be read");
  expect(ends[1]).toBe("restart: has not ended within a day");
});

it("calls nothing where AWS is not to be called", async () => {
  const world = correctionWorld({ restart: ruleOf() });
  world.ports.runs = undefined;
  const [id = ""] = await world.open(openedOf());
  await world.look(id);
  expect(world.told()).toEqual([`restart: would have run ${RUN}: AWS is not called from here`]);
});
