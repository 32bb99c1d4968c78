import { glob } from "../config/glob.ts";
import type { Config } from "../config/schema.ts";
import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import { readField } from "../event/read-field.ts";
import { Kind, kindOf, type RecordBatch } from "../event/record-batch.ts";
import type { Resource } from "../event/resource.ts";
import type { Stream } from "../event/stream.ts";
import type { Transform } from "./transform.ts";

const ACCOUNT_ID = pathId("cloud.account.id");
const ACCOUNT_NAME = pathId("cloud.account.name");
const SERVICE = pathId("service.name");
const ENVIRONMENT = pathId("service.environment");

/** An empty array is no value, to OpenSearch as to event patterns. */
const NO_VALUE = literal([]);

type Fields = ReadonlyMap<number, string>;

interface Rule {
  readonly applies: (resource: Resource) => boolean;
  readonly fields: Fields;
}

/**
 * Adds what the configuration knows: the account's name and labels, and service, environment and labels of rules by log group, bucket or account, a later
 * rule over an earlier one. They are set once for each stream; a field of a record's own wins.
 */
export function createEnrich(config: Pick<Config, "accounts" | "enrich">): Transform {
  return new Enrichment(config);
}

class Enrichment implements Transform {
  readonly name = "enrich";
  readonly #accounts: ReadonlyMap<string, Fields>;
  readonly #rules: readonly Rule[];
  /** Every path that an account's fields set. */
  readonly #accountPaths: ReadonlySet<number>;
  readonly #seen = new WeakSet<Stream>();

  constructor({ accounts, enrich }: Pick<Config, "accounts" | "enrich">) {
    this.#accounts = new Map(
      Object.entries(accounts).map(([id, { name, labels }]) => [
        id,
        new Map([[ACCOUNT_NAME, name], ...labelFields(labels)]),
      ]),
    );
    this.#accountPaths = new Set([...this.#accounts.values()].flatMap((fields) => [...fields.keys()]));
    this.#rules = enrich.map(ruleOf);
  }

  apply(batch: RecordBatch): void {
    for (const stream of batch.streams) {
      if (this.#seen.has(stream)) continue;
      this.#seen.add(stream);
      this.#enrichStream(stream);
    }
    if (this.#accounts.size === 0) return;
    for (let record = 0; record < batch.count; record++) {
      if (batch.fates.isOpen(record)) this.#enrichForeign(batch, record);
    }
  }

  #enrichStream(stream: Stream): void {
    const set = (fields: Fields): void => {
      for (const [path, value] of fields) stream.set(path, value);
    };
    set(this.#accounts.get(stream.resource.account) ?? new Map());
    for (const { applies, fields } of this.#rules) if (applies(stream.resource)) set(fields);
  }

  /** A record that says another account than its stream (an organization's trail) gets that account's name and labels, or none. */
  #enrichForeign(batch: RecordBatch, record: number): void {
    const row = batch.rowOf(record, ACCOUNT_ID);
    if (row < 0 || isSpanOf(batch, record, row, batch.streamFor(record).resource.account)) return;
    const account = readField(batch, record, ACCOUNT_ID);
    if (typeof account !== "string" || account === batch.streamFor(record).resource.account) return;
    const fields = this.#accounts.get(account);
    for (const path of this.#accountPaths) {
      const value = fields?.get(path);
      batch.addLiteral(record, path, value === undefined ? NO_VALUE : literal(value));
    }
  }
}

/** Whether a row is a string that stands in the payload and is this text, of plain ASCII: without reading it to a string, as nearly all are. */
function isSpanOf(batch: RecordBatch, record: number, row: number, text: string): boolean {
  const from = batch.a[row];
  if (kindOf(batch.code[row]) !== Kind.string || batch.b[row] - from !== text.length) return false;
  const bytes = batch.bytesOf(record);
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** ECS keeps labels flat: dots in their names become `_`. https://www.elastic.co/docs/reference/ecs/ecs-base#field-labels */
function labelFields(labels: Readonly<Record<string, string>>): [number, string][] {
  return Object.entries(labels).map(([name, value]) => [pathId(`labels.${name.replaceAll(".", "_")}`), value]);
}

function ruleOf(rule: Config["enrich"][number]): Rule {
  const tests = [
    testOf(rule.logGroup, ({ logGroup }) => logGroup),
    testOf(rule.bucket, ({ object }) => object?.bucket),
    testOf(rule.account, ({ account }) => account),
  ];
  const fields = new Map(labelFields(rule.labels));
  if (rule.service !== undefined) fields.set(SERVICE, rule.service);
  if (rule.environment !== undefined) fields.set(ENVIRONMENT, rule.environment);
  return { applies: (resource) => tests.every((test) => test(resource)), fields };
}

function testOf(
  pattern: string | undefined,
  read: (resource: Resource) => string | undefined,
): (resource: Resource) => boolean {
  if (pattern === undefined) return () => true;
  const matches = glob(pattern);
  return (resource) => {
    const name = read(resource);
    return name !== undefined && matches(name);
  };
}
