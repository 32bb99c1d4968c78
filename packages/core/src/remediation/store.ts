import type { Table, TableItem, TableKey, TableWrite } from "../platform/table-client.ts";
import type { CorrectionRequest } from "./correction-request.ts";
import { type Brakes, type CorrectionState, NO_BRAKES } from "./state.ts";

const DAY_S = 86_400;

/** Requests are kept for people to read what was done. */
const KEPT_DAYS = 90;

/** Where a rule is said to have run; of a dry run beside the others, so that its brakes are seen at work and hold nothing back. */
type BrakeSet = "real" | "dry";

/** A request with its state; undefined before the first. */
export interface StoredCorrection {
  readonly request: CorrectionRequest;
  readonly state: CorrectionState | undefined;
}

/** Puts a request. Its state is another row, so that writing it again does not begin it anew. */
export function askWrite(request: CorrectionRequest): TableWrite {
  const { id, requestedAt } = request;
  return { put: { request: request as unknown as TableItem, ...askKey(id), expires: keptUntil(requestedAt) } };
}

/** The request of an id; undefined where there is none. */
export async function readCorrection(
  table: Table,
  id: string,
  signal: AbortSignal,
): Promise<StoredCorrection | undefined> {
  const ask = await table.get(askKey(id), signal);
  if (ask === undefined) return undefined;
  const row = await table.get(stateKey(id), signal);
  return {
    request: ask.request as unknown as CorrectionRequest,
    state: row === undefined ? undefined : (row.state as unknown as CorrectionState),
  };
}

/** Puts the next state, if the one that was read is still the last. */
export function stateWrite(
  id: string,
  previous: CorrectionState | undefined,
  next: CorrectionState,
  nowMs: number,
): TableWrite {
  const state = next as unknown as TableItem;
  const item = { ...stateKey(id), version: next.version, state, expires: keptUntil(nowMs) };
  return {
    put: item,
    condition: previous === undefined ? { exists: false } : { equals: { version: previous.version } },
  };
}

/** What brakes a request's rule and resource. */
export async function readBrakes(
  table: Table,
  request: CorrectionRequest,
  set: BrakeSet,
  signal: AbortSignal,
): Promise<Brakes> {
  const [rate, resource] = await Promise.all([
    table.get(rateKey(request, set), signal),
    table.get(resourceKey(request, set), signal),
  ]);
  return {
    rate: (rate?.brake as unknown as Brakes["rate"] | undefined) ?? NO_BRAKES.rate,
    resource: (resource?.brake as unknown as Brakes["resource"] | undefined) ?? NO_BRAKES.resource,
  };
}

/** Puts what has changed of the brakes, if nobody has braked in between. */
export function brakeWrites(
  request: CorrectionRequest,
  set: BrakeSet,
  previous: Brakes,
  next: Brakes,
  nowMs: number,
): TableWrite[] {
  return [
    brakeWrite(rateKey(request, set), previous.rate, next.rate, nowMs),
    brakeWrite(resourceKey(request, set), previous.resource, next.resource, nowMs),
  ].flat();
}

/** What was only read must not have changed either, where it is there: it was decided by. */
function brakeWrite(key: TableKey, before: Versioned, after: Versioned, nowMs: number): TableWrite[] {
  const condition = before.version === 0 ? { exists: false } : { equals: { version: before.version } };
  if (before === after) return before.version === 0 ? [] : [{ check: key, condition }];
  const brake = after as unknown as TableItem;
  return [{ put: { ...key, version: after.version, brake, expires: keptUntil(nowMs) }, condition }];
}

type Versioned = Brakes["rate"] | Brakes["resource"];

function askKey(id: string): TableKey {
  return { pk: `correction#${id}`, sk: "ask" };
}

function stateKey(id: string): TableKey {
  return { pk: `correction#${id}`, sk: "state" };
}

function rateKey({ rule }: CorrectionRequest, set: BrakeSet): TableKey {
  return { pk: `correction-rate#${set}#${rule}`, sk: "rate" };
}

function resourceKey({ resource }: CorrectionRequest, set: BrakeSet): TableKey {
  return { pk: `correction-resource#${set}#${resource.slice(0, 1024)}`, sk: "resource" };
}

function keptUntil(nowMs: number): number {
  return Math.floor(nowMs / 1000) + KEPT_DAYS * DAY_S;
}
