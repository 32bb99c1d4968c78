import { Agent, type AgentConfig } from "@belfry/core/config/deploy/agent";
import * as fc from "fast-check";

const hex = fc.stringMatching(/^[0-9a-f]{17}$/);
const platform = fc.constantFrom("linux" as const, "windows" as const);

const ec2Action = fc
  .record({
    instanceId: hex.map((id) => `i-${id}`),
    platform,
    recover: fc.boolean(),
    reboot: fc.boolean(),
    last: fc.constantFrom("stop" as const, "terminate" as const, undefined),
  })
  .filter(({ recover, reboot, last }) => recover || reboot || last !== undefined)
  .map(({ last, ...action }) => ({ ...action, ...(last === undefined ? {} : { [last]: true }) }));

const groupName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);

const scaling = fc.oneof(
  fc.record({
    type: fc.constant("targetTracking" as const),
    groupName,
    metric: fc.constantFrom("cpu" as const, "networkIn" as const, "networkOut" as const, "memory" as const),
    target: fc.integer({ min: 1, max: 99 }),
    platform,
    scaleIn: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("step" as const),
    groupName,
    metric: fc.constantFrom("cpu" as const, "memory" as const),
    when: fc.constantFrom("above" as const, "below" as const),
    threshold: fc.integer({ min: 1, max: 99 }),
    steps: fc
      .uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 4 })
      .map((from) => [0, ...from.sort((a, b) => a - b)].map((at) => ({ from: at, change: at + 1 }))),
    platform,
  }),
);

const logGroup = fc.stringMatching(/^\/[a-z]{1,20}$/);

/** Configurations of the agent as users may write them, with defaults filled in; every one is valid. */
export const agentConfigs: fc.Arbitrary<AgentConfig> = fc
  .record({
    enabled: fc.constant(true),
    linux: fc.constant(true),
    windows: fc.constant(true),
    intervalSeconds: fc.integer({ min: 1, max: 3600 }),
    memoryPercent: fc.integer({ min: 1, max: 99 }),
    diskPercent: fc.integer({ min: 1, max: 99 }),
    swap: fc.boolean(),
    netstat: fc.boolean(),
    mounts: fc.uniqueArray(fc.constantFrom("/", "/data", "/var", "*"), { minLength: 1 }),
    logs: fc.array(fc.record({ path: fc.stringMatching(/^\/var\/log\/[a-z]{1,20}\.log$/), logGroup, platform }), {
      maxLength: 5,
    }),
    eventLogs: fc.array(fc.record({ channel: fc.constantFrom("System", "Application"), logGroup }), { maxLength: 2 }),
    ec2Actions: fc.uniqueArray(ec2Action, { maxLength: 4, selector: ({ instanceId }) => instanceId }),
    autoScaling: fc.array(scaling, { maxLength: 3 }),
  })
  .map((input) => Agent.parse(input));
