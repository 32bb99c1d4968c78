import { isIPv4 } from "node:net";
import { type Document, put } from "./document.ts";

const DEFAULT_COLUMNS =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
    " ",
  );
const FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg"];
const TRANSPORTS: Readonly<Record<string, string>> = { 1: "icmp", 6: "tcp", 17: "udp" };

/** Where the value of a column goes, by the fields that docs of the parser name; other columns go to `aws.vpcflow.<name>`. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "account-id": ["aws.vpcflow.account_id", "cloud.account.id"],
  srcaddr: ["source.address", "source.ip"],
  dstaddr: ["destination.address", "destination.ip"],
  srcport: ["source.port"],
  dstport: ["destination.port"],
  protocol: ["network.iana_number"],
  packets: ["source.packets", "network.packets"],
  bytes: ["source.bytes", "network.bytes"],
  start: ["event.start"],
  end: ["event.end"],
  "instance-id": ["aws.vpcflow.instance_id", "cloud.instance.id"],
  region: ["cloud.region"],
  "az-id": ["cloud.availability_zone"],
  "pkt-src-aws-service": ["aws.vpcflow.pkt_src_service"],
  "pkt-dst-aws-service": ["aws.vpcflow.pkt_dst_service"],
  "flow-direction": ["network.direction"],
};
const NUMBERS = new Set(["srcport", "dstport", "packets", "bytes"]);
const TIMES = new Set(["start", "end"]);

/** A flow log record in the given format, or the default one. Returns false when the message is not of that format. */
export function parseVpcFlow(message: string, document: Document, format?: string): boolean {
  const columns = format?.match(/[a-z][a-z0-9-]+/g) ?? DEFAULT_COLUMNS;
  const values = message.split(" ");
  if (values.length !== columns.length) return false;
  for (const [i, column] of columns.entries()) {
    if (values[i] === "-") continue;
    const value = fieldValue(column, values[i]);
    for (const path of FIELDS[column] ?? [`aws.vpcflow.${column.replaceAll("-", "_")}`]) put(document, path, value);
    putDerived(document, column, values[i]);
  }
  put(document, "event.kind", "event");
  put(document, "event.category", "network");
  put(document, "event.type", "connection");
  return true;
}

function fieldValue(column: string, text: string): unknown {
  if (NUMBERS.has(column)) return Number(text);
  return TIMES.has(column) ? new Date(Number(text) * 1000).toISOString() : text;
}

function putDerived(document: Document, column: string, text: string): void {
  if (column === "protocol") put(document, "network.transport", TRANSPORTS[text]);
  else if (column === "end") put(document, "@timestamp", new Date(Number(text) * 1000).toISOString());
  else if (column === "action") put(document, "event.outcome", text === "ACCEPT" ? "success" : "failure");
  else if (column === "srcaddr") put(document, "network.type", isIPv4(text) ? "ipv4" : "ipv6");
  else if (column === "tcp-flags") {
    const bits = Number(text);
    const names = FLAGS.filter((_, bit) => (bits >> bit) % 2 === 1);
    put(document, "aws.vpcflow.tcp_flags_array", names);
  }
}
