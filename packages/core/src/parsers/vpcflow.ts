import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Stream } from "../event/stream.ts";
import { startsWith } from "./bytes.ts";
import type { Parser } from "./parser.ts";
import { Tokens } from "./tokens.ts";
import { columnNames, isHeader, type Layout, layoutOf, layoutsBySize, UNPARSED } from "./vpcflow-columns.ts";
import { readToken } from "./vpcflow-fields.ts";

/** Tokens of a line that are looked at; AWS has some 70 columns. */
const MAX_TOKENS = 128;

const MINUS = 45;

const ABSENT = 0;
const FITTING = 1;
const ODD = 2;

/** The rule under which lines that name columns are dropped. */
const HEADER_RULE = "header";

/** The account of an interface that AWS made. */
const UNKNOWN = Buffer.from("unknown");

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
  readonly #tokens = new Tokens(MAX_TOKENS);
  /** By column: whether the line has a value, and whether it is what the column holds. */
  readonly #states = new Uint8Array(MAX_TOKENS);
  #lastStream: Stream | undefined;
  #lastLayout: Layout | undefined;

  constructor(format?: string) {
    this.#configured = format === undefined ? undefined : layoutOf(format);
  }

  parse(batch: RecordBatch, record: number): boolean {
    const bytes = batch.bytesOf(record);
    const wrapped = isWrapped(bytes, batch.start[record], batch.end[record]);
    const from = wrapped ? batch.start[record] + WRAP.length : batch.start[record];
    const to = wrapped ? batch.end[record] - WRAP_END.length : batch.end[record];
    const tokens = this.#tokens;
    tokens.split(bytes, from, to);
    const { count } = tokens;
    if (count === 0) return false;
    if (this.#readHeader(batch, record, from, to)) return true;
    const layout = this.#layoutFor(batch.streamFor(record));
    if (layout !== undefined && count >= layout.kinds.length) return this.#write(batch, record, layout, false);
    for (const candidate of layoutsBySize[Math.min(count, layoutsBySize.length - 1)]) {
      if (this.#write(batch, record, candidate, true)) return true;
      batch.clearFields(record);
    }
    return false;
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
    const tokens = this.#tokens;
    if (columnNames.find(tokens.bytes, tokens.from[0], tokens.to[0]) < 0) return false;
    const line = tokens.bytes.toString("latin1", from, to);
    if (!isHeader(line)) return false;
    this.#headers.set(batch.streamFor(record), layoutOf(line));
    this.#lastStream = undefined;
    batch.fates.drop(record, HEADER_RULE);
    return true;
  }

  /** Adds the fields; false when the order is a guess and a token does not fit its column. */
  #write(batch: RecordBatch, record: number, layout: Layout, guessed: boolean): boolean {
    const tokens = this.#tokens;
    const odd = this.#readTokens(batch, record, layout, guessed);
    if (odd < 0) return false;
    for (let field = 0; field < layout.columns.length; field++) {
      const column = layout.columns[field];
      if (this.#states[column] !== FITTING) continue;
      const from = tokens.from[column];
      const to = tokens.to[column];
      if (layout.numeric[field] === 1) batch.addRaw(record, layout.paths[field], from, to);
      else batch.addText(record, layout.paths[field], from, to);
    }
    if (odd > 0 || tokens.count > layout.kinds.length) this.#addRest(batch, record, layout);
    batch.addLiteral(record, KIND, EVENT);
    batch.addLiteral(record, CATEGORY, NETWORK);
    batch.addLiteral(record, TYPE, CONNECTION);
    return true;
  }

  /** Looks at the token of each column; how many are not what their column holds, or -1 when that shows that the order was guessed wrongly. */
  #readTokens(batch: RecordBatch, record: number, layout: Layout, guessed: boolean): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    let odd = 0;
    for (let column = 0; column < layout.kinds.length; column++) {
      const from = tokens.from[column];
      this.#states[column] = ABSENT;
      if (column >= tokens.count || (bytes[from] === MINUS && tokens.to[column] - from === 1)) continue;
      const prefix = layout.prefixes[column];
      if (guessed && prefix !== undefined && !startsWith(bytes, from, tokens.to[column], prefix)) return -1;
      const fits = readToken(batch, record, layout.kinds[column], tokens, column);
      this.#states[column] = fits ? FITTING : ODD;
      if (fits) continue;
      if (guessed && !tokens.is(column, UNKNOWN)) return -1;
      odd++;
    }
    return odd;
  }

  /** Keeps what no column's field can take: under the column's plain name, or, where the index wants another type there, without a name. */
  #addRest(batch: RecordBatch, record: number, layout: Layout): void {
    const tokens = this.#tokens;
    const nameless = tokens.count > layout.kinds.length ? tokens.texts(layout.kinds.length) : [];
    for (let column = layout.kinds.length - 1; column >= 0; column--) {
      if (this.#states[column] !== ODD) continue;
      if (layout.otherwise[column] === REST) nameless.unshift(...tokens.texts(column, column + 1));
      else batch.addText(record, layout.otherwise[column], tokens.from[column], tokens.to[column]);
    }
    if (nameless.length > 0) batch.addDerived(record, REST, nameless);
  }
}

function isWrapped(bytes: Uint8Array, from: number, to: number): boolean {
  return startsWith(bytes, from, to, WRAP) && startsWith(bytes, to - WRAP_END.length, to, WRAP_END);
}
