import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { Column } from "./vpcflow-columns.ts";

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

const ACCOUNT = pathId("cloud.account.id");
const OUTCOME = pathId("event.outcome");
const TRANSPORT = pathId("network.transport");
const NETWORK_TYPE = pathId("network.type");
const START = pathId("event.start");
const END = pathId("event.end");
const FLAG_LIST = pathId("aws.vpcflow.tcp_flags_array");

const SUCCESS = literal("success");
const FAILURE = literal("failure");
const IPV4 = literal("ipv4");
const IPV6 = literal("ipv6");

/** Adds the fields that are made from a column's value, as the scanner gives it; [from, to) is the token. */
export function addComputed(
  batch: RecordBatch,
  record: number,
  kind: number,
  value: number,
  from: number,
  to: number,
): void {
  switch (kind) {
    case Column.account:
      if (value >= 0) batch.addText(record, ACCOUNT, from, to);
      break;
    case Column.source:
      batch.addLiteral(record, NETWORK_TYPE, value === 4 ? IPV4 : IPV6);
      break;
    case Column.protocol:
      if (value < TRANSPORT_NAMES.length && TRANSPORT_NAMES[value] >= 0)
        batch.addLiteral(record, TRANSPORT, TRANSPORT_NAMES[value]);
      break;
    case Column.flags:
      batch.addLiteral(record, FLAG_LIST, FLAG_LISTS[value & 63]);
      break;
    case Column.action:
      batch.addLiteral(record, OUTCOME, value === 1 ? SUCCESS : FAILURE);
      break;
    case Column.start:
      batch.addTime(record, START, value * 1000);
      break;
    default:
      // The end of a flow is the time of its event.
      batch.addTime(record, END, value * 1000);
      batch.setTime(record, value * 1000);
  }
}
