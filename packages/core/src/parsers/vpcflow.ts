import { pathId } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Stream } from "../event/stream.ts";
import { equals, startsWith } from "./bytes.ts";
import type { Parser } from "./parser.ts";
import { columnNames, guesses, isHeader, type Layout, layoutOf, UNPARSED } from "./vpcflow-columns.ts";
import { writeConstants } from "./vpcflow-fields.ts";
import { endOfWord, FlowScanner } from "./vpcflow-scan.ts";

const LOWER_A = 97;

/** The rule under which lines that name columns are dropped. */
const HEADER_RULE = "header";

const ACCOUNT = pathId("cloud.account.id");
const REST = pathId(UNPARSED);

/** Opens a line that a log agent wrapped as `{"message":"…"}` without escapes. */
const WRAP = Buffer.from('{"message":"');
const WRAP_END = Buffer.from('"}');

/**
 * Flow logs of VPCs and transit gateways, version 2 to the newest, in the order that the configuration or a header line says; without, in
 * AWS's own order, when the tokens fit it. `-` is no value. What is more than the columns is kept as `aws.vpcflow.unparsed`.
 */
export class VpcFlowParser implements Parser {
  readonly dataset = "aws.vpcflow";
  readonly #configured: Layout | undefined;
  readonly #headers = new WeakMap<Stream, Layout>();
  readonly #line = new FlowScanner();
  #lastStream: Stream | undefined;
  #lastLayout: Layout | undefined;
  #lastAccount: Uint8Array = Buffer.alloc(0);

  constructor(format?: string) {
    this.#configured = format === undefined ? undefined : layoutOf(format);
  }

  parse(batch: RecordBatch, record: number): boolean {
    const bytes = batch.bytesOf(record);
    const wrapped = isWrapped(bytes, batch.start[record], batch.end[record]);
    const from = wrapped ? batch.start[record] + WRAP.length : batch.start[record];
    const to = wrapped ? batch.end[record] - WRAP_END.length : batch.end[record];
    if (bytes[from] >= LOWER_A && this.#readHeader(batch, record, from, to)) return true;
    const layout = this.#read(batch, record, from, to, this.#layoutFor(batch.streamFor(record)));
    if (layout === undefined) return false;
    const line = this.#line;
    batch.closeRows(record, writeConstants(batch, line.row), layout.rowCodes);
    // The end of a flow is the time of its event.
    if (!Number.isNaN(line.endSeconds)) batch.setTime(record, line.endSeconds * 1000);
    // All records have the account of their stream, and most lines name the same.
    if (line.accountTo > 0 && !equals(bytes, line.accountFrom, line.accountTo, this.#lastAccount))
      batch.addText(record, ACCOUNT, line.accountFrom, line.accountTo);
    if (line.odd > 0 || line.end < to) this.#addRest(batch, record, bytes, to, layout);
    return true;
  }

  /** Reads the line in the order that is declared for it, or in the first that its tokens fit; undefined when it is no line of a flow log. */
  #read(
    batch: RecordBatch,
    record: number,
    from: number,
    to: number,
    declared: Layout | undefined,
  ): Layout | undefined {
    const line = this.#line;
    const row = batch.openRows(record, declared?.mostRows ?? 0);
    if (declared !== undefined && line.scan(batch, record, from, to, row, declared, true) && line.odd * 2 <= line.count)
      return declared;
    for (const guess of guesses) {
      batch.openRows(record, guess.mostRows);
      if (line.scan(batch, record, from, to, row, guess, false)) return guess;
    }
    return undefined;
  }

  #layoutFor(stream: Stream): Layout | undefined {
    if (stream !== this.#lastStream) {
      this.#lastStream = stream;
      this.#lastAccount = Buffer.from(stream.resource.account);
      this.#lastLayout = this.#headers.get(stream) ?? this.#configured;
    }
    return this.#lastLayout;
  }

  /** A line that names the columns holds for the lines after it, and is dropped. */
  #readHeader(batch: RecordBatch, record: number, from: number, to: number): boolean {
    const { bytes, view } = batch.payloads[batch.payloadOf[record]];
    if (columnNames.find(bytes, from, endOfWord(view, from, to)) < 0) return false;
    const line = bytes.toString("latin1", from, to);
    if (!isHeader(line)) return false;
    this.#headers.set(batch.streamFor(record), layoutOf(line));
    this.#lastStream = undefined;
    batch.fates.drop(record, HEADER_RULE);
    return true;
  }

  /** Keeps what no column's field can take: under the column's plain name, or, where the index wants another type there, without a name. */
  #addRest(batch: RecordBatch, record: number, bytes: Buffer, to: number, layout: Layout): void {
    const line = this.#line;
    const nameless: string[] = [];
    for (let i = 0; i < line.odd; i++) {
      const path = layout.otherwise[line.oddColumns[i]];
      if (path === REST) nameless.push(bytes.toString("utf8", line.oddFrom[i], line.oddTo[i]));
      else batch.addText(record, path, line.oddFrom[i], line.oddTo[i]);
    }
    const rest = bytes.toString("utf8", line.end, to).trim();
    if (rest !== "") nameless.push(...rest.split(/\s+/));
    if (nameless.length > 0) batch.addDerived(record, REST, nameless);
  }
}

function isWrapped(bytes: Uint8Array, from: number, to: number): boolean {
  return startsWith(bytes, from, to, WRAP) && startsWith(bytes, to - WRAP_END.length, to, WRAP_END);
}
