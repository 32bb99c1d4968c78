import { ByteWriter, copySpan, MAX_ESCAPED } from "./byte-writer.ts";
import { bakeConstants, makePlan, type Plan, Write } from "./encode-plan.ts";
import { Fate } from "./fates.ts";
import { WHOLE_DOCUMENT } from "./field-path.ts";
import { KIND_BITS, Kind, type RecordBatch } from "./record-batch.ts";
import { ID_LENGTH } from "./record-id.ts";
import type { RenderedConstants } from "./stream.ts";

// Baking costs about as much as it saves on this many records.
const WORTH_BAKING = 16;
const MAX_OWN_PLANS = 8;

// Shapes are few: a parser's optional fields. The bound is for data that makes a new one with every record.
const MAX_PLANS = 4096;
const KIND_MASK = (1 << KIND_BITS) - 1;
const INITIAL_BYTES = 256 * 1024;

/** Writes records as ECS documents, one JSON line each, from the spans of the batch. Keeps compiled plans between batches, and nothing else. */
export class DocumentEncoder {
  readonly #plans = new Map<number, Plan[]>();
  #planCount = 0;
  readonly #writer = new ByteWriter(INITIAL_BYTES);

  /** Encodes all routed records of the batch; their spans in `batch.documents` are valid until the next call. */
  encode(batch: RecordBatch): void {
    this.#writer.length = 0;
    for (let record = 0; record < batch.count; record++) {
      if (batch.fates.of(record) === Fate.routed) this.#encodeOne(batch, record);
    }
    batch.documents = this.#writer.bytes;
  }

  /** Encodes one record alone, whatever its fate, and returns the document as JSON text. */
  encodeRecord(batch: RecordBatch, record: number): string {
    this.#writer.length = 0;
    this.#encodeOne(batch, record);
    batch.documents = this.#writer.bytes;
    return batch.documentOf(record);
  }

  #lastConstants: RenderedConstants | undefined;
  #inARow = 0;
  #own: Plan[] = [];
  readonly #ownPlans = new WeakMap<RenderedConstants, Plan[]>();

  #encodeOne(batch: RecordBatch, record: number): void {
    if (
      batch.rowsTo[record] > batch.rowsFrom[record] &&
      batch.code[batch.rowsFrom[record]] >>> KIND_BITS === WHOLE_DOCUMENT
    ) {
      this.#copyWhole(batch, record);
      return;
    }
    const constants = batch.streamFor(record).rendered();
    const plan = this.#planFor(batch, record, constants);
    const writer = this.#writer;
    batch.documentStart[record] = writer.length;
    this.#write(plan, batch, record, constants);
    batch.documentEnd[record] = writer.length;
  }

  /** Of a stream with many records, the plan for one of its first shapes with the stream's constants baked in; else one that streams share. */
  #planFor(batch: RecordBatch, record: number, constants: RenderedConstants): Plan {
    if (constants !== this.#lastConstants) {
      this.#lastConstants = constants;
      this.#own = this.#ownPlans.get(constants) ?? [];
      this.#inARow = 0;
    }
    const own = this.#own;
    for (let i = 0; i < own.length; i++) if (fits(own[i], batch, record, constants)) return own[i];
    const plan = this.#find(batch, record, constants);
    if (++this.#inARow < WORTH_BAKING || own.length >= MAX_OWN_PLANS) return plan;
    const baked = bakeConstants(plan, constants);
    own.push(baked);
    this.#ownPlans.set(constants, own);
    return baked;
  }

  #copyWhole(batch: RecordBatch, record: number): void {
    const writer = this.#writer;
    const row = batch.rowsFrom[record];
    batch.documentStart[record] = writer.length;
    writer.copy(batch.payloads[batch.payloadOf[record]].view, batch.a[row], batch.b[row]);
    writer.ascii("\n");
    batch.documentEnd[record] = writer.length;
  }

  #find(batch: RecordBatch, record: number, constants: RenderedConstants): Plan {
    const hash = shapeHash(batch, record);
    const candidates = this.#plans.get(hash);
    const known = candidates?.find((plan) => fits(plan, batch, record, constants));
    if (known !== undefined) return known;
    if (this.#planCount >= MAX_PLANS) {
      this.#plans.clear();
      this.#planCount = 0;
    }
    const plan = makePlan(batch, record, constants);
    const sameHash = this.#plans.get(hash);
    if (sameHash === undefined) this.#plans.set(hash, [plan]);
    else sameHash.push(plan);
    this.#planCount++;
    return plan;
  }

  #write(plan: Plan, batch: RecordBatch, record: number, constants: RenderedConstants): void {
    const writer = this.#writer;
    const source = batch.payloads[batch.payloadOf[record]].view;
    const { a, b } = batch;
    const rows = batch.rowsFrom[record];
    writer.reserve(mostBytes(plan, batch, record, constants));
    let { view } = writer;
    let at = writer.length;
    for (let step = 0; step < plan.write.length; step++) {
      const text = plan.textStart[step];
      const textEnd = plan.textEnd[step];
      copySpan(plan.view, text, textEnd, view, at);
      at += textEnd - text;
      const from = plan.source[step];
      const row = rows + from;
      const write = plan.write[step];
      if (write === Write.raw) {
        copySpan(source, a[row], b[row], view, at);
        at += b[row] - a[row];
      } else if (write === Write.constant) {
        copySpan(constants.view, constants.start[from], constants.end[from], view, at);
        at += constants.end[from] - constants.start[from];
      } else if (write === Write.id) {
        copySpan(batch.idView, record * ID_LENGTH, (record + 1) * ID_LENGTH, view, at);
        at += ID_LENGTH;
      } else {
        writer.length = at;
        this.#writeOther(write, batch, record, row);
        view = writer.view;
        at = writer.length;
      }
    }
    writer.length = at;
  }

  /** Writes a value that is no plain copy. */
  #writeOther(write: number, batch: RecordBatch, record: number, row: number): void {
    const writer = this.#writer;
    switch (write) {
      case Write.text:
        writer.copyEscaped(batch.payloads[batch.payloadOf[record]].view, batch.a[row], batch.b[row]);
        break;
      case Write.time:
        writer.time(batch.a[row], batch.b[row]);
        break;
      case Write.number:
        writer.integer(batch.a[row]);
        break;
      case Write.eventTime:
        writer.epoch(batch.time[record]);
        break;
      case Write.derived:
        writer.text(JSON.stringify(batch.derived[batch.a[row]]));
        break;
      default:
        break;
    }
  }
}

// Beyond this it is worth to add up the spans one by one rather than to reserve for the worst.
const MUCH_BYTES = 1024 * 1024;

/** Bytes that a document takes at most, but for derived values, which are reserved for as they are written. */
function mostBytes(plan: Plan, batch: RecordBatch, record: number, constants: RenderedConstants): number {
  const fixed = plan.fixedBytes + constants.bytes.length;
  const most = fixed + (batch.end[record] - batch.start[record]) * plan.spans * MAX_ESCAPED;
  if (most <= MUCH_BYTES) return most;
  let exact = fixed;
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    const kind = batch.code[row] & KIND_MASK;
    if (kind === Kind.text) exact += (batch.b[row] - batch.a[row]) * MAX_ESCAPED;
    else if (kind === Kind.raw || kind === Kind.string) exact += batch.b[row] - batch.a[row];
  }
  return exact;
}

function fits(plan: Plan, batch: RecordBatch, record: number, constants: RenderedConstants): boolean {
  const from = batch.rowsFrom[record];
  const length = batch.rowsTo[record] - from;
  const { codes, literals } = plan;
  if (
    codes.length !== length ||
    plan.dataset !== batch.dataset[record] ||
    plan.hasTime === Number.isNaN(batch.time[record])
  )
    return false;
  const { code, a } = batch;
  for (let i = 0; i < length; i++) {
    const value = code[from + i];
    if (value !== codes[i]) return false;
    if ((value & KIND_MASK) === Kind.literal && a[from + i] !== literals[i]) return false;
  }
  return plan.constants === undefined ? plan.signature === constants.signature : plan.constants === constants;
}

function shapeHash(batch: RecordBatch, record: number): number {
  let hash = batch.dataset[record];
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    hash = Math.imul(hash, 31) + batch.code[row];
    if ((batch.code[row] & KIND_MASK) === Kind.literal) hash = Math.imul(hash, 31) + batch.a[row];
  }
  return hash & 0x3fffffff;
}
