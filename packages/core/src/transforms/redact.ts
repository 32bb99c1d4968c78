import type { Config } from "../config/schema.ts";
import { datasetName } from "../event/dataset.ts";
import { Kind, kindOf, type RecordBatch } from "../event/record-batch.ts";
import { CustomSearch } from "./redact-custom.ts";
import { type FindSecrets, redactDerived } from "./redact-derived.ts";
import { UnescapedText } from "./redact-escapes.ts";
import { maskSpans } from "./redact-mask.ts";
import { findSecrets, type SecretRules } from "./redact-scan.ts";
import { merged, type Spans } from "./redact-spans.ts";
import type { Transform } from "./transform.ts";

/**
 * Masks secrets in the payload's bytes, each byte of one by `*`, before any sink reads them: e-mail addresses, card numbers, AWS keys, tokens, values
 * whose name says that they are secret, and the user's own texts and expressions. What was masked is kept in the batch for the quarantine.
 */
export function createRedact(config: Config["redact"]): Transform {
  return new Redaction(config);
}

class Redaction implements Transform {
  readonly name = "redact";
  readonly #except: ReadonlySet<string>;
  readonly #keepIdentities: ReadonlySet<string>;
  readonly #all: SecretRules;
  readonly #withoutIdentities: SecretRules;
  readonly #custom: CustomSearch;
  readonly #unescaped = new UnescapedText();
  /** Spans found in the record at hand. */
  readonly #found: number[] = [];
  #nextSensitive = 0;
  /** By data set: what is looked for; null for nothing. */
  readonly #rules: (SecretRules | null)[] = [];

  constructor(config: Config["redact"]) {
    const { email, cards, awsKeys, tokens } = config;
    this.#except = new Set(config.except);
    this.#keepIdentities = new Set(config.keepIdentities);
    this.#all = { email, cards, awsKeys, keyIds: awsKeys, tokens };
    this.#withoutIdentities = { ...this.#all, email: false, keyIds: false };
    this.#custom = new CustomSearch(config);
  }

  apply(batch: RecordBatch): void {
    this.#custom.restart();
    this.#nextSensitive = 0;
    for (let record = 0; record < batch.count; record++) {
      if (!batch.fates.isOpen(record)) continue;
      const rules = this.#rulesFor(batch.dataset[record]);
      if (rules !== null) this.#redact(batch, record, rules);
    }
  }

  #rulesFor(dataset: number): SecretRules | null {
    const known = this.#rules[dataset];
    if (known !== undefined) return known;
    const name = datasetName(dataset);
    const rules = this.#keepIdentities.has(name) ? this.#withoutIdentities : this.#all;
    this.#rules[dataset] = this.#except.has(name) ? null : rules;
    return this.#rules[dataset];
  }

  #redact(batch: RecordBatch, record: number, rules: SecretRules): void {
    const { bytes, view } = batch.payloads[batch.payloadOf[record]];
    const found = this.#found;
    // Setting the length of an array is a call into the engine, also where nothing changes.
    if (found.length > 0) found.length = 0;
    this.#search(bytes, view, batch.start[record], batch.end[record], rules, found);
    if (rules.tokens && batch.sensitive.length > 0) this.#addSensitive(batch, record);
    if (found.length === 0) return;
    const spans = merged(found);
    // Derived values are computed from the message: where nothing is found in it, there is nothing in them.
    if (batch.derived.length > 0) this.#redactDerived(batch, record, spans, rules);
    maskSpans(batch, record, spans);
  }

  /** Adds the values that the parser noted. They stand in the order of the records, as these were parsed. */
  #addSensitive(batch: RecordBatch, record: number): void {
    const { sensitive } = batch;
    let at = this.#nextSensitive;
    while (at < sensitive.length && sensitive[at] < record) at += 3;
    for (; sensitive[at] === record; at += 3) this.#found.push(sensitive[at + 1], sensitive[at + 2]);
    this.#nextSensitive = at;
  }

  #search(bytes: Buffer, view: DataView, from: number, to: number, rules: SecretRules, found: number[]): void {
    const isEscaped = findSecrets(bytes, view, from, to, rules, found);
    if (isEscaped) this.#searchUnescaped(bytes, from, to, rules, found);
    this.#custom.find(bytes, from, to, found);
  }

  /** Looks for secrets in a text as its escapes mean it. */
  #searchUnescaped(bytes: Buffer, from: number, to: number, rules: SecretRules, found: number[]): void {
    const text = this.#unescaped;
    text.fill(bytes, from, to);
    const first = found.length;
    findSecrets(text.bytes, text.view, 0, text.length, rules, found);
    this.#custom.findLiterals(text.bytes, text.length, found);
    for (let i = first; i < found.length; i++) found[i] = text.sourceOf(found[i]);
  }

  #redactDerived(batch: RecordBatch, record: number, spans: Spans, rules: SecretRules): void {
    const find: FindSecrets = (bytes, view, length, found) => this.#search(bytes, view, 0, length, rules, found);
    for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
      if (kindOf(batch.code[row]) !== Kind.derived) continue;
      const value = redactDerived(batch.derived[batch.a[row]], batch.bytesOf(record), spans, find);
      batch.derived[batch.a[row]] = value as (typeof batch.derived)[number];
    }
  }
}
