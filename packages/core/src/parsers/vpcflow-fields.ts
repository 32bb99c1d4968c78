import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { ipVersion } from "./ip-address.ts";
import type { Tokens } from "./tokens.ts";
import { Column } from "./vpcflow-columns.ts";

/** Digits of the largest integer that a long of OpenSearch surely takes. */
const MAX_DIGITS = 18;
const MAX_SECONDS_DIGITS = 11;
const MAX_VERSION_DIGITS = 2;
const MAX_BYTE_DIGITS = 3;

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

const ACCEPT = Buffer.from("ACCEPT");
const REJECT = Buffer.from("REJECT");
const STATUSES = ["OK", "NODATA", "SKIPDATA"].map((text) => Buffer.from(text));

/** Whether a token is what its column holds; adds the fields that are computed from it and not copied. */
export function readToken(batch: RecordBatch, record: number, kind: number, tokens: Tokens, word: number): boolean {
  switch (kind) {
    case Column.text:
      return true;
    case Column.integer:
      return tokens.isInteger(word, MAX_DIGITS);
    case Column.version:
      return tokens.isInteger(word, MAX_VERSION_DIGITS);
    case Column.account:
      return tokens.isDigits(word);
    case Column.source:
      return readSource(batch, record, ipVersion(tokens.bytes, tokens.from[word], tokens.to[word]));
    case Column.address:
      return ipVersion(tokens.bytes, tokens.from[word], tokens.to[word]) !== 0;
    case Column.status:
      return isOneOf(STATUSES, tokens, word);
    case Column.action:
      return readAction(batch, record, tokens, word);
    case Column.protocol:
      return tokens.isInteger(word, MAX_BYTE_DIGITS) && readProtocol(batch, record, tokens.integer(word));
    case Column.flags:
      return tokens.isInteger(word, MAX_BYTE_DIGITS) && readFlags(batch, record, tokens.integer(word));
    default:
      return tokens.isInteger(word, MAX_SECONDS_DIGITS) && readTime(batch, record, kind, tokens.integer(word) * 1000);
  }
}

function readSource(batch: RecordBatch, record: number, version: number): boolean {
  if (version !== 0) batch.addLiteral(record, NETWORK_TYPE, version === 4 ? IPV4 : IPV6);
  return version !== 0;
}

function readProtocol(batch: RecordBatch, record: number, protocol: number): boolean {
  const name = protocol < TRANSPORT_NAMES.length ? TRANSPORT_NAMES[protocol] : -1;
  if (name >= 0) batch.addLiteral(record, TRANSPORT, name);
  return true;
}

function readFlags(batch: RecordBatch, record: number, flags: number): boolean {
  batch.addLiteral(record, FLAG_LIST, FLAG_LISTS[flags & 63]);
  return true;
}

/** The end of a flow is the time of its event. */
function readTime(batch: RecordBatch, record: number, kind: number, epochMs: number): boolean {
  batch.addTime(record, kind === Column.end ? END : START, epochMs);
  if (kind === Column.end) batch.setTime(record, epochMs);
  return true;
}

function readAction(batch: RecordBatch, record: number, tokens: Tokens, word: number): boolean {
  const accepted = tokens.is(word, ACCEPT);
  if (!accepted && !tokens.is(word, REJECT)) return false;
  batch.addLiteral(record, OUTCOME, accepted ? SUCCESS : FAILURE);
  return true;
}

function isOneOf(texts: readonly Uint8Array[], tokens: Tokens, word: number): boolean {
  for (const text of texts) if (tokens.is(word, text)) return true;
  return false;
}
