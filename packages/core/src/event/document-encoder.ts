import { ByteWriter, copySpan, MAX_ESCAPED } from "./byte-writer.ts";
import { bakeConstants, makePlan, type Plan, STEP_SIZE, Write } from "./encode-plan.ts";
import { Fate } from "./fates.ts";
import { WHOLE_DOCUMENT } from "./field-path.ts";
import { KIND_BITS, Kind, type RecordBatch } from "./record-batch.ts";
import { ID_LENGTH } from "./record-id.ts";
import type { RenderedConstants } from "./stream.ts";
import { NO_MARKS } from "./text-marks.ts";

// Baking costs about as much as it saves on this many records.
const WORTH_BAKING = 16;

// Plans of streams, baked or not, that are kept: some megabytes.
const MAX_OWN_PLANS = 2048;

/** A plan for the records of one stream; with the stream's constants baked in once it is used often. */
interface OwnPlan {
  plan: Plan;
  uses: number;
}

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

  #constants: RenderedConstants | undefined;
  /** Of the stream at hand: the plan used last, and all its plans by their shapes' hashes. */
  #last: OwnPlan | undefined;
  #own = new Map<number, OwnPlan>();
  /** By the keys of streams' constants; and how many plans there are in all. */
  readonly #streams = new Map<string, Map<number, OwnPlan>>();
  #ownCount = 0;

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

  /** The plan for a record's shape; of a stream with many such records, one with the stream's constants baked in. */
  #planFor(batch: RecordBatch, record: number, constants: RenderedConstants): Plan {
    if (constants !== this.#constants) this.#open(constants);
    let own = this.#last;
    if (own === undefined || !fits(own.plan, batch, record)) {
      const hash = shapeHash(batch, record);
      own = this.#own.get(hash);
      if (own === undefined || !fits(own.plan, batch, record)) own = this.#find(hash, batch, record, constants);
      this.#last = own;
    }
    if (own.uses < WORTH_BAKING && ++own.uses === WORTH_BAKING) own.plan = bakeConstants(own.plan, constants);
    return own.plan;
  }

  /** Takes up the plans of a stream. */
  #open(constants: RenderedConstants): void {
    this.#constants = constants;
    this.#last = undefined;
    if (this.#ownCount >= MAX_OWN_PLANS) {
      this.#streams.clear();
      this.#ownCount = 0;
    }
    this.#own = this.#streams.get(constants.key) ?? new Map();
    this.#streams.set(constants.key, this.#own);
  }

  #copyWhole(batch: RecordBatch, record: number): void {
    const writer = this.#writer;
    const row = batch.rowsFrom[record];
    batch.documentStart[record] = writer.length;
    writer.copy(batch.payloads[batch.payloadOf[record]].view, batch.a[row], batch.b[row]);
    writer.ascii("\n");
    batch.documentEnd[record] = writer.length;
  }

  /** A plan that the stream has not had yet: one that another stream has, or a new one. */
  #find(hash: number, batch: RecordBatch, record: number, constants: RenderedConstants): OwnPlan {
    const { signature } = constants;
    const candidates = this.#plans.get(hash) ?? [];
    let plan = candidates.find((known) => known.signature === signature && fits(known, batch, record));
    if (plan === undefined) {
      if (this.#planCount >= MAX_PLANS) {
        this.#plans.clear();
        this.#planCount = 0;
      }
      plan = makePlan(batch, record, constants);
      this.#plans.set(hash, [...candidates, plan]);
      this.#planCount++;
    }
    const own = { plan, uses: 0 };
    if (this.#own.size >= MAX_OWN_PLANS) this.#own.clear();
    this.#own.set(hash, own);
    this.#ownCount++;
    return own;
  }

  #write(plan: Plan, batch: RecordBatch, record: number, constants: RenderedConstants): void {
    const writer = this.#writer;
    const source = batch.payloads[batch.payloadOf[record]].view;
    const { a, b } = batch;
    const { steps, view: fixed } = plan;
    const rows = batch.rowsFrom[record];
    writer.reserve(mostBytes(plan, batch, record, constants));
    let { view } = writer;
    let at = writer.length;
    let text = 0;
    // What is read twice is kept: after each write the engine would read it again.
    const length = steps.length;
    for (let step = 0; step < length; step += STEP_SIZE) {
      const textEnd = steps[step];
      copySpan(fixed, text, textEnd, view, at);
      at += textEnd - text;
      text = textEnd;
      const write = steps[step + 1];
      const from = steps[step + 2];
      const row = rows + from;
      if (write === Write.raw) {
        const start = a[row];
        const end = b[row];
        copySpan(source, start, end, view, at);
        at += end - start;
      } else if (write === Write.constant) {
        const start = constants.start[from];
        const end = constants.end[from];
        copySpan(constants.view, start, end, view, at);
        at += end - start;
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
        writeText(writer, batch, record, batch.a[row], batch.b[row]);
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

/** Writes text of a record escaped; where its marks were noted, without looking for what is to be escaped. */
function writeText(writer: ByteWriter, batch: RecordBatch, record: number, from: number, to: number): void {
  const { view } = batch.payloads[batch.payloadOf[record]];
  const { places } = batch.marks;
  let mark = batch.marksFrom[record];
  if (mark === NO_MARKS) {
    writer.copyEscaped(view, from, to);
    return;
  }
  while (places[mark] < from) mark++;
  writer.copyMarked(view, from, to, places, mark);
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

/** Whether a plan is for the record's shape; it must be for its stream's constants too. */
function fits(plan: Plan, batch: RecordBatch, record: number): boolean {
  const from = batch.rowsFrom[record];
  const length = batch.rowsTo[record] - from;
  const { codes, literalRows, literals } = plan;
  if (
    codes.length !== length ||
    plan.dataset !== batch.dataset[record] ||
    plan.hasTime === Number.isNaN(batch.time[record])
  )
    return false;
  const { code, a } = batch;
  for (let i = 0; i < length; i++) if (code[from + i] !== codes[i]) return false;
  for (let i = 0; i < literalRows.length; i++) if (a[from + literalRows[i]] !== literals[i]) return false;
  return true;
}

function shapeHash(batch: RecordBatch, record: number): number {
  let hash = batch.dataset[record];
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    hash = Math.imul(hash, 31) + batch.code[row];
    if ((batch.code[row] & KIND_MASK) === Kind.literal) hash = Math.imul(hash, 31) + batch.a[row];
  }
  return hash & 0x3fffffff;
}
