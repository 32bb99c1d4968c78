import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { BelfryError } from "../../platform/errors.ts";
import type { TableItem, TableKey, TableWrite } from "../../platform/table-client.ts";
import type { GroupState } from "./group-state.ts";

/** The largest item of DynamoDB is 400 KB; a little of it is for keys. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_BODY_BYTES = 390_000;

/** Where a group's state is in the table. The group's key may be longer than a key of DynamoDB, so it is the key's digest. */
export function groupItemKey(key: string): TableKey {
  return { pk: `group#${createHash("sha256").update(key).digest("hex")}`, sk: "state" };
}

/** The state that an item holds; undefined when there is no item. */
export function groupStateOf(item: TableItem | undefined): GroupState | undefined {
  if (item === undefined) return undefined;
  if (typeof item.body !== "string") {
    throw new BelfryError("BAD_PAYLOAD", "an item of a group's state has no body: it was not written by Belfry");
  }
  return JSON.parse(gunzipSync(Buffer.from(item.body, "base64")).toString());
}

/**
 * The write that replaces a group's state, and does not happen when the stored one is not `previous` any more. The alerts of a group are much alike, so it is stored compressed:
 * a thousand alarms are some ten kilobytes. Raises TOO_LARGE for what does not fit into an item all the same.
 */
export function groupWrite(key: string, previous: GroupState | undefined, next: GroupState | undefined): TableWrite {
  const condition = previous === undefined ? { exists: false } : { equals: { version: previous.version } };
  const itemKey = groupItemKey(key);
  if (next === undefined) {
    return previous === undefined ? { check: itemKey, condition } : { delete: itemKey, condition };
  }
  const body = gzipSync(JSON.stringify(next)).toString("base64");
  if (body.length > MAX_BODY_BYTES) {
    const count = Object.keys(next.alerts).length;
    throw new BelfryError("TOO_LARGE", `the group ${key} has ${count} alerts: group by more labels`);
  }
  // The table forgets by itself what says nothing any more, in epoch seconds.
  const expires = next.forgetAt === undefined ? {} : { expires: Math.ceil(next.forgetAt / 1000) };
  return { put: { ...itemKey, version: next.version, body, ...expires }, condition };
}
