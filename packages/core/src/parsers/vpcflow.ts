import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Stream } from "../event/stream.ts";
import { startsWith } from "./bytes.ts";
import type { Parser } from "./parser.ts";
import { columnNames, guesses, isHeader, type Layout, layoutOf, UNPARSED } from "./vpcflow-columns.ts";
import { addComputed } from "./vpcflow-fields.ts";
import { endOfWord, FlowScanner, Token } from "./vpcflow-scan.ts";

const LOWER_A = 97;

/** The rule under which lines that name columns are dropped. */
const HEADER_RULE = "header";

const KIND = pathId("event.kind");
const CATEGORY = pathId("event.category");
const TYPE = pathId("event.type");
const REST = pathId(UNPARSED);

const EVENT = literal("event");
const NETWORK = literal("network");
const CONNECTION = literal("connection");

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

  constructor(format?: string) {
    this.#configured = format === undefined ? undefined : layoutOf(format);
  }

  parse(batch: RecordBatch, record: number): boolean {
    const { bytes, view } = batch.payloads[batch.payloadOf[record]];
    const wrapped = isWrapped(bytes, batch.start[record], batch.end[record]);
    const from = wrapped ? batch.start[record] + WRAP.length : batch.start[record];
    const to = wrapped ? batch.end[record] - WRAP_END.length : batch.end[record];
    if (bytes[from] >= LOWER_A && this.#readHeader(batch, record, from, to)) return true;
    const layout = this.#read(bytes, view, from, to, this.#layoutFor(batch.streamFor(record)));
    if (layout === undefined) return false;
    this.#addFields(batch, record, bytes, to, layout);
    return true;
  }

  /** Reads the line in the order that is declared for it, or in the first that its tokens fit; undefined when it is no line of a flow log. */
  #read(bytes: Buffer, view: DataView, from: number, to: number, declared: Layout | undefined): Layout | undefined {
    const line = this.#line;
    if (declared !== undefined && line.scan(bytes, view, from, to, declared, true) && line.odd * 2 <= line.count)
      return declared;
    for (const guess of guesses) if (line.scan(bytes, view, from, to, guess, false)) return guess;
    return undefined;
  }

  #layoutFor(stream: Stream): Layout | undefined {
    if (stream !== this.#lastStream) {
      this.#lastStream = stream;
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

  #addFields(batch: RecordBatch, record: number, bytes: Buffer, to: number, layout: Layout): void {
    const { count, states, from: starts, to: ends, values } = this.#line;
    const { computed, kinds } = layout;
    batch.addColumns(record, layout.codes, layout.columns, this.#line, Token.fitting);
    for (let i = 0; i < computed.length; i++) {
      const column = computed[i];
      if (column >= count) break;
      if (states[column] !== Token.fitting) continue;
      addComputed(batch, record, kinds[column], values[column], starts[column], ends[column]);
    }
    batch.addLiteral(record, KIND, EVENT);
    batch.addLiteral(record, CATEGORY, NETWORK);
    batch.addLiteral(record, TYPE, CONNECTION);
    if (this.#line.odd > 0 || this.#line.end < to) this.#addRest(batch, record, bytes, to, layout);
  }

  /** Keeps what no column's field can take: under the column's plain name, or, where the index wants another type there, without a name. */
  #addRest(batch: RecordBatch, record: number, bytes: Buffer, to: number, layout: Layout): void {
    const line = this.#line;
    const nameless: string[] = [];
    for (let column = 0; column < line.count; column++) {
      if (line.states[column] !== Token.odd) continue;
      const path = layout.otherwise[column];
      if (path === REST) nameless.push(bytes.toString("utf8", line.from[column], line.to[column]));
      else batch.addText(record, path, line.from[column], line.to[column]);
    }
    const rest = bytes.toString("utf8", line.end, to).trim();
    if (rest !== "") nameless.push(...rest.split(/\s+/));
    if (nameless.length > 0) batch.addDerived(record, REST, nameless);
  }
}

function isWrapped(bytes: Uint8Array, from: number, to: number): boolean {
  return startsWith(bytes, from, to, WRAP) && startsWith(bytes, to - WRAP_END.length, to, WRAP_END);
}
