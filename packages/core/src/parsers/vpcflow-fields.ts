import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import { codeOf, Kind, type RecordBatch } from "../event/record-batch.ts";

/** What a column of a flow log holds, and so how its tokens are read and which fields they become; from `account` on, fields are also made from the value. */
export const Column = {
  text: 0,
  address: 1,
  integer: 2,
  version: 3,
  status: 4,
  account: 5,
  source: 6,
  protocol: 7,
  flags: 8,
  start: 9,
  end: 10,
  action: 11,
} as const;

/** Names of IANA's protocol numbers. https://www.iana.org/assignments/protocol-numbers */
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: "hopopt",
  1: "icmp",
  2: "igmp",
  4: "ipv4",
  6: "tcp",
  8: "egp",
  17: "udp",
  41: "ipv6",
  47: "gre",
  50: "esp",
  51: "ah",
  58: "ipv6-icmp",
  89: "ospf",
  103: "pim",
  112: "vrrp",
  115: "l2tp",
  132: "sctp",
};
const TRANSPORT_NAMES = Int32Array.from({ length: 256 }, (_, number) =>
  number in PROTOCOLS ? literal(PROTOCOLS[number]) : -1,
);

const FLAG_NAMES = ["fin", "syn", "rst", "psh", "ack", "urg"] as const;
const FLAG_LISTS = Int32Array.from({ length: 64 }, (_, bits) =>
  literal(FLAG_NAMES.filter((_name, bit) => (bits >> bit) & 1)),
);

const OUTCOME = codeOf(pathId("event.outcome"), Kind.literal);
const TRANSPORT = codeOf(pathId("network.transport"), Kind.literal);
const NETWORK_TYPE = codeOf(pathId("network.type"), Kind.literal);
const START = codeOf(pathId("event.start"), Kind.time);
const END = codeOf(pathId("event.end"), Kind.time);
const FLAG_LIST = codeOf(pathId("aws.vpcflow.tcp_flags_array"), Kind.literal);

const KIND = codeOf(pathId("event.kind"), Kind.literal);
const CATEGORY = codeOf(pathId("event.category"), Kind.literal);
const TYPE = codeOf(pathId("event.type"), Kind.literal);

/** The codes of all fields that are written here, whatever the columns. */
export const FIXED_CODES: readonly number[] = [
  ...[OUTCOME, TRANSPORT, NETWORK_TYPE, START, END, FLAG_LIST],
  ...[KIND, CATEGORY, TYPE],
];

const SUCCESS = literal("success");
const FAILURE = literal("failure");
const IPV4 = literal("ipv4");
const IPV6 = literal("ipv6");
const EVENT = literal("event");
const NETWORK = literal("network");
const CONNECTION = literal("connection");

const DAY_SECONDS = 86_400;

/**
 * Writes the row of the field that is made from a column's value, as the scanner gives it. Returns the row after it, which is the
 * same one when the value makes no field.
 */
export function writeComputed(rows: RecordBatch, row: number, kind: number, value: number): number {
  switch (kind) {
    case Column.source:
      return writeRow(rows, row, NETWORK_TYPE, value === 4 ? IPV4 : IPV6, 0);
    case Column.protocol: {
      const name = value < TRANSPORT_NAMES.length ? TRANSPORT_NAMES[value] : -1;
      return name < 0 ? row : writeRow(rows, row, TRANSPORT, name, 0);
    }
    case Column.flags:
      return writeRow(rows, row, FLAG_LIST, FLAG_LISTS[value & 63], 0);
    case Column.action:
      return writeRow(rows, row, OUTCOME, value === 1 ? SUCCESS : FAILURE, 0);
    default: {
      // Seconds of eleven digits at most: in the year 5138 ISO 8601 still has four.
      const day = Math.floor(value / DAY_SECONDS);
      return writeRow(rows, row, kind === Column.start ? START : END, day, (value - day * DAY_SECONDS) * 1000);
    }
  }
}

/** Writes the rows that every line has; returns the row after them. */
export function writeConstants(rows: RecordBatch, row: number): number {
  return writeRow(rows, writeRow(rows, writeRow(rows, row, KIND, EVENT, 0), CATEGORY, NETWORK, 0), TYPE, CONNECTION, 0);
}

function writeRow({ code, a, b }: RecordBatch, row: number, ofField: number, first: number, second: number): number {
  code[row] = ofField;
  a[row] = first;
  b[row] = second;
  return row + 1;
}
