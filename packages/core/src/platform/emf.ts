import { type Clock, systemClock } from "./clock.ts";
import type { Dimensions, Metrics, Properties } from "./metrics.ts";

// The embedded metric format: metrics as JSON log lines, which CloudWatch Logs extracts without an API call.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MAX_METRICS = 100;
const MAX_DIMENSIONS = 30;
const MAX_VALUES = 100;

// The shorter of what the format and the API allow.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
const MAX_NAME_LENGTH = 250;
const MAX_DIMENSION_VALUE_LENGTH = 1024;

// A metric's value lies within ±2^360. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
const MAX_VALUE = 2 ** 360;

/** The format allows 1 MB, since 2025; collectors between a function and CloudWatch still cut at the 256 KiB that it allowed before. */
const MAX_LINE_BYTES = 262_144;

/** Root member with the properties, so that none can take the place of a metric or dimension. */
const PROPERTIES = "properties";

/** What a dimension says for values beyond the bound; the value itself is kept as a property. */
const OTHER = "other";

export interface EmfOptions {
  /** 1 to 255 letters, digits and . - _ / # : or spaces, not beginning with a colon or `AWS/`. */
  readonly namespace: string;
  /** Keeps the metrics at one second, which costs more. */
  readonly highResolution?: boolean;
  /** How many values of one dimension become metrics, in the lifetime of the emitter. */
  readonly maxDimensionValues: number;
  /** Takes one line, without a newline. By default standard output, from where Lambda's log group has it. */
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
}

/** Units that a value may have. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type Unit = "Count" | "Milliseconds" | "Seconds" | "Percent" | "Bytes" | "None";

/** Metrics that take values of any unit, too. */
export interface Measurements extends Metrics {
  /** Adds one value to a distribution. */
  measure(name: string, unit: Unit, value: number, dimensions?: Dimensions, properties?: Properties): void;
}

interface Series {
  readonly name: string;
  readonly unit: Unit;
  readonly values: number[];
}

/** Metrics of one set of dimensions with its values; one line or a few when flushed. */
interface Group {
  readonly dimensions: ReadonlyMap<string, string>;
  readonly series: Map<string, Series>;
  readonly properties: Map<string, unknown>;
}

/** Metrics in the embedded metric format. What CloudWatch would refuse is cut, cleaned or left out, never written. */
export function emfMetrics(options: EmfOptions): Measurements {
  const { clock = systemClock, write = (line: string) => void process.stdout.write(`${line}\n`) } = options;
  const bound = new BoundedValues(options.maxDimensionValues);
  const groups = new Map<string, Group>();

  const seriesOf = (name: string, unit: Unit, dimensions: Dimensions, properties: Properties): Series => {
    const group = groupFor(groups, dimensions, bound);
    addProperties(group, properties);
    return seriesFor(group, name, unit);
  };
  const measure: Measurements["measure"] = (name, unit, value, dimensions = {}, properties = {}) => {
    if (Math.abs(value) <= MAX_VALUE) seriesOf(name, unit, dimensions, properties).values.push(value);
  };
  const record = (name: string, unit: Unit, value: number, dimensions: Dimensions, properties: Properties) => {
    if (!(Math.abs(value) <= MAX_VALUE)) return;
    const series = seriesOf(name, unit, dimensions, properties);
    if (unit === "Milliseconds" || series.values.length === 0) series.values.push(value);
    else if (Math.abs(series.values[0] + value) <= MAX_VALUE) series.values[0] += value;
  };

  return {
    count: (name, value, dimensions = {}, properties = {}) => record(name, "Count", value, dimensions, properties),
    duration: (name, ms, dimensions = {}, properties = {}) => record(name, "Milliseconds", ms, dimensions, properties),
    measure,
    flush() {
      const timestamp = Math.floor(clock.now());
      for (const group of groups.values()) {
        for (const line of linesOf(group, timestamp, options)) write(line);
      }
      groups.clear();
    },
  };
}

/** The values that each dimension had so far, up to a bound. */
class BoundedValues {
  readonly #seen = new Map<string, Set<string>>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** The value, when it was seen before or there is room for one more; else undefined. */
  admit(dimension: string, value: string): string | undefined {
    const seen = this.#seen.get(dimension) ?? new Set();
    if (!seen.has(value) && seen.size >= this.#max) return undefined;
    this.#seen.set(dimension, seen.add(value));
    return value;
  }
}

function groupFor(groups: Map<string, Group>, wanted: Dimensions, bound: BoundedValues): Group {
  const dimensions = new Map<string, string>();
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(wanted)) {
    const name = cleanName(key);
    if (dimensions.size === MAX_DIMENSIONS && !dimensions.has(name)) {
      kept.push([name, value]);
      continue;
    }
    const clean = cleanValue(value);
    const admitted = bound.admit(name, clean) ?? OTHER;
    dimensions.set(name, admitted);
    if (admitted !== value) kept.push([name, value]);
  }
  const key = JSON.stringify([...dimensions]);
  const group: Group = groups.get(key) ?? { dimensions, series: new Map(), properties: new Map() };
  groups.set(key, group);
  for (const [name, value] of kept) addToList(group.properties, name, value);
  return group;
}

/** Several values may end in one group under one name: they are kept as a list, without repetition, up to a bound. */
function addToList(properties: Map<string, unknown>, name: string, value: unknown): void {
  const list = properties.get(name);
  if (!Array.isArray(list)) properties.set(name, [value]);
  else if (list.length < MAX_VALUES && !list.includes(value)) list.push(value);
}

function addProperties(group: Group, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) group.properties.set(name, value);
}

function seriesFor(group: Group, wanted: string, unit: Unit): Series {
  const clean = cleanName(wanted);
  let name = clean;
  // One member of the document cannot be a dimension's text and a metric's number.
  for (let i = 2; group.dimensions.has(name); i++) name = `${clean.slice(0, MAX_NAME_LENGTH - 4)}_${i}`;
  const series = group.series.get(name) ?? { name, unit, values: [] };
  group.series.set(name, series);
  return series;
}

/** Printable ASCII that begins with no colon and is not taken by the format itself. */
function cleanName(name: string): string {
  const text = printable(name, MAX_NAME_LENGTH).replace(/^:/, "_");
  if (text.trim() === "") return "unnamed";
  return text === "_aws" || text === PROPERTIES ? `${text}_` : text;
}

function cleanValue(value: string): string {
  const text = printable(value, MAX_DIMENSION_VALUE_LENGTH);
  return text.trim() === "" ? "unknown" : text;
}

function printable(text: string, maxLength: number): string {
  return String(text)
    .slice(0, maxLength)
    .replaceAll(/[^\x20-\x7e]/g, "?");
}

/** The group as lines within all limits. Properties go with the first. */
function linesOf(group: Group, timestamp: number, options: EmfOptions): string[] {
  const documents: Series[][] = [];
  for (const piece of [...group.series.values()].flatMap(inPieces)) {
    const document = documents.find((series) => fits(series, piece));
    if (document === undefined) documents.push([piece]);
    else document.push(piece);
  }
  return documents.map((series, i) =>
    lineOf(series, i === 0 ? group.properties : new Map(), group, timestamp, options),
  );
}

function inPieces({ name, unit, values }: Series): Series[] {
  const pieces: Series[] = [];
  for (let from = 0; from < values.length; from += MAX_VALUES) {
    pieces.push({ name, unit, values: values.slice(from, from + MAX_VALUES) });
  }
  return pieces;
}

/** Half of a line: the other half is enough for thirty dimensions of the greatest length. */
const MAX_SERIES_BYTES = MAX_LINE_BYTES / 2;

function fits(document: readonly Series[], piece: Series): boolean {
  if (document.length === MAX_METRICS || document.some(({ name }) => name === piece.name)) return false;
  return document.reduce((sum, series) => sum + mostBytes(series), mostBytes(piece)) <= MAX_SERIES_BYTES;
}

/** A number is written with 24 characters at most; a name stands twice, and each of its characters may be escaped. */
function mostBytes({ name, values }: Series): number {
  return values.length * 25 + name.length * 4 + 80;
}

function lineOf(
  series: readonly Series[],
  properties: ReadonlyMap<string, unknown>,
  { dimensions }: Group,
  timestamp: number,
  { namespace, highResolution = false }: EmfOptions,
): string {
  const directive = {
    Namespace: namespace,
    Dimensions: [[...dimensions.keys()]],
    Metrics: series.map(({ name, unit }) => ({
      Name: name,
      Unit: unit,
      ...(highResolution ? { StorageResolution: 1 } : {}),
    })),
  };
  const members: [string, unknown][] = [
    ["_aws", { Timestamp: timestamp, CloudWatchMetrics: [directive] }],
    ...dimensions,
    ...series.map(({ name, values }): [string, unknown] => [name, values.length === 1 ? values[0] : values]),
  ];
  const bare = JSON.stringify(Object.fromEntries(members));
  if (properties.size === 0) return bare;
  const text = propertiesText(properties, MAX_LINE_BYTES - Buffer.byteLength(bare));
  return `${bare.slice(0, -1)},${JSON.stringify(PROPERTIES)}:${text}}`;
}

/** The properties as JSON; a note in their place when they do not fit or are not JSON. Metrics are never lost for them. */
function propertiesText(properties: ReadonlyMap<string, unknown>, room: number): string {
  try {
    const text = JSON.stringify(Object.fromEntries(properties), (_name, value) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    return Buffer.byteLength(text) + 20 < room ? text : '{"leftOut":"too long"}';
  } catch (thrown) {
    return JSON.stringify({ leftOut: String(thrown).slice(0, MAX_NAME_LENGTH) });
  }
}
