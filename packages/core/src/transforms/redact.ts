import type { Config } from "../config/schema.ts";
import { datasetName } from "../event/dataset.ts";
import { Kind, kindOf, type RecordBatch } from "../event/record-batch.ts";
import { CustomSearch } from "./redact-custom.ts";
import { redactDerived } from "./redact-derived.ts";
import { UnescapedText } from "./redact-escapes.ts";
import { maskSpan } from "./redact-mask.ts";
import { findSecrets, type SecretRules } from "./redact-scan.ts";
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
  readonly #config: Config["redact"];
  readonly #all: SecretRules;
  readonly #withoutIdentities: SecretRules;
  readonly #custom: CustomSearch;
  readonly #unescaped = new UnescapedText();
  /** Spans found in the record at hand. */
  readonly #found: number[] = [];
  /** By data set: what is looked for; null for nothing. */
  readonly #rules: (SecretRules | null)[] = [];

  constructor(config: Config["redact"]) {
    const { email, cards, awsKeys, tokens } = config;
    this.#config = config;
    this.#all = { email, cards, awsKeys, keyIds: awsKeys, tokens };
    this.#withoutIdentities = { ...this.#all, email: false, keyIds: false };
    this.#custom = new CustomSearch(config);
  }

  apply(batch: RecordBatch): void {
    this.#custom.restart();
    this.#maskSensitive(batch);
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
    const rules = this.#config.keepIdentities.includes(name) ? this.#withoutIdentities : this.#all;
    this.#rules[dataset] = this.#config.except.includes(name) ? null : rules;
    return this.#rules[dataset];
  }

  /** Masks the values that parsers noted. */
  #maskSensitive(batch: RecordBatch): void {
    const { sensitive } = batch;
    for (let i = 0; i < sensitive.length; i += 3) {
      const record = sensitive[i];
      if (!batch.fates.isOpen(record) || this.#rulesFor(batch.dataset[record])?.tokens !== true) continue;
      maskSpan(batch, record, sensitive[i + 1], sensitive[i + 2], i);
    }
  }

  #redact(batch: RecordBatch, record: number, rules: SecretRules): void {
    const { bytes, view } = batch.payloads[batch.payloadOf[record]];
    const from = batch.start[record];
    const to = batch.end[record];
    const found = this.#found;
    found.length = 0;
    const isEscaped = findSecrets(bytes, view, from, to, rules, found);
    if (isEscaped) this.#searchUnescaped(bytes, from, to, rules);
    this.#custom.find(bytes, from, to, found);
    if (batch.derived.length > 0) this.#redactDerived(batch, record, rules);
    for (let i = 0; i < found.length; i += 2) maskSpan(batch, record, found[i], found[i + 1], i / 2 + 1);
  }

  /** Looks again for secrets, in the text as its escapes mean it. */
  #searchUnescaped(bytes: Buffer, from: number, to: number, rules: SecretRules): void {
    const text = this.#unescaped;
    const found = this.#found;
    text.fill(bytes, from, to);
    found.length = 0;
    findSecrets(text.bytes, text.view, 0, text.length, rules, found);
    this.#custom.findLiterals(text.bytes, text.length, found);
    for (let i = 0; i < found.length; i++) found[i] = text.sourceOf(found[i]);
  }

  #redactDerived(batch: RecordBatch, record: number, rules: SecretRules): void {
    let texts: string[] | undefined;
    for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
      if (kindOf(batch.code[row]) !== Kind.derived) continue;
      texts ??= this.#maskedTexts(batch, record);
      batch.derived[batch.a[row]] = redactDerived(batch.derived[batch.a[row]], texts, (bytes, view, length, found) => {
        findSecrets(bytes, view, 0, length, rules, found);
        this.#custom.find(bytes, 0, length, found);
      }) as (typeof batch.derived)[number];
    }
  }

  /** The texts that are masked in a record, as they stood there and as JSON means them. */
  #maskedTexts(batch: RecordBatch, record: number): string[] {
    const original = batch.originalOf(record);
    const start = batch.start[record];
    const texts = new Set<string>();
    const add = (from: number, to: number): void => {
      const text = original.toString("utf8", Math.max(0, from - start), to - start);
      for (const spelling of [text, unescaped(text)]) texts.add(spelling);
    };
    for (let i = 0; i < this.#found.length; i += 2) add(this.#found[i], this.#found[i + 1]);
    const { sensitive } = batch;
    for (let i = 0; i < sensitive.length; i += 3) if (sensitive[i] === record) add(sensitive[i + 1], sensitive[i + 2]);
    return [...texts];
  }
}

/** The text that the inside of a JSON string means; the same text when it is none. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
