// Log groups as PutRetentionPolicy and AssociateKmsKey see them: pages, valid days only, and refusals on demand.
import type { LogGroup, RetentionCalls } from "@belfry/core/platform/logs-client";
import { refusal } from "./fake-export.ts";

export interface FakeLogGroups extends RetentionCalls {
  readonly groups: LogGroup[];
  /** Calls that change something, in their order: `putRetention /app/a 30`. */
  readonly changes: string[];
  /** Names of errors of the next calls, one each; an empty one lets the call pass. */
  readonly refusals: string[];
  /** Times of all calls. */
  readonly calledMs: number[];
}

const VALID = "1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653"
  .split(" ")
  .map(Number);

export function fakeLogGroups(groups: LogGroup[], now: () => number, pageSize = 50): FakeLogGroups {
  const fake: FakeLogGroups = {
    groups,
    changes: [],
    refusals: [],
    calledMs: [],
    describeLogGroups: async (token) => {
      called();
      const from = Number(token ?? 0);
      const items = groups.slice(from, from + pageSize);
      return from + pageSize < groups.length ? { items, nextToken: String(from + pageSize) } : { items };
    },
    putRetention: async (name, retentionDays) => {
      called();
      if (!VALID.includes(retentionDays)) throw refusal("InvalidParameterException");
      change(name, { retentionDays });
      fake.changes.push(`putRetention ${name} ${retentionDays}`);
    },
    associateKmsKey: async (name, kmsKey) => {
      called();
      change(name, { kmsKey });
      fake.changes.push(`associateKmsKey ${name}`);
    },
  };
  const called = (): void => {
    fake.calledMs.push(now());
    const name = fake.refusals.shift();
    if (name !== undefined && name !== "") throw refusal(name);
  };
  const change = (name: string, members: Partial<LogGroup>): void => {
    const at = groups.findIndex((group) => group.name === name);
    if (at < 0) throw refusal("ResourceNotFoundException");
    groups[at] = { ...groups[at], ...members };
  };
  return fake;
}
