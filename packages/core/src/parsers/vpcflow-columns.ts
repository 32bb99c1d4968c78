import { pathId } from "../event/field-path.ts";
import { codeOf, Kind } from "../event/record-batch.ts";
import { BelfryError } from "../platform/errors.ts";
import { NameTable } from "./name-table.ts";
import { Column, FIXED_CODES } from "./vpcflow-fields.ts";

/** The columns of one flow log, in their order. */
export interface Layout {
  /** By column: what it holds; the field for a token that is something else; and how a text begins, which tells a right guess from a wrong one. */
  readonly kinds: Uint8Array;
  readonly otherwise: Int32Array;
  readonly prefixes: readonly (Uint8Array | undefined)[];
  /** How many columns a line must have, and whether it may have more words. */
  readonly least: number;
  readonly open: boolean;
  /** Two codes a column, of the fields that its token is copied to, NO_FIELD for none. Of lines without escapes, and of others. */
  readonly codes: Int32Array;
  readonly escapedCodes: Int32Array;
  /** All codes that a line's rows may have, and how many rows that are at most. */
  readonly rowCodes: Int32Array;
  readonly mostRows: number;
}

/** Stands for a field that is not there. */
export const NO_FIELD = 0;

/** How many fields a token is copied to at most. */
export const COPIES = 2;

/** More columns than AWS has, by far. */
export const MAX_COLUMNS = 128;

type Entry = readonly [kind: number, ...paths: string[]];

// Field names are those of Elastic's integration, so that its dashboards and ours read the same documents.
// https://www.elastic.co/docs/reference/integrations/aws/vpcflow
const SPECIAL: Readonly<Record<string, Entry>> = {
  version: [Column.version, "aws.vpcflow.version"],
  "account-id": [Column.account, "aws.vpcflow.account_id"],
  srcaddr: [Column.source, "source.address", "source.ip"],
  dstaddr: [Column.address, "destination.address", "destination.ip"],
  srcport: [Column.integer, "source.port"],
  dstport: [Column.integer, "destination.port"],
  protocol: [Column.protocol, "network.iana_number"],
  packets: [Column.integer, "source.packets", "network.packets"],
  bytes: [Column.integer, "source.bytes", "network.bytes"],
  start: [Column.start],
  end: [Column.end],
  action: [Column.action, "aws.vpcflow.action"],
  "log-status": [Column.status, "aws.vpcflow.log_status"],
  "instance-id": [Column.text, "aws.vpcflow.instance_id", "cloud.instance.id"],
  "pkt-srcaddr": [Column.address, "aws.vpcflow.pkt_srcaddr"],
  "pkt-dstaddr": [Column.address, "aws.vpcflow.pkt_dstaddr"],
  "tcp-flags": [Column.flags, "aws.vpcflow.tcp_flags"],
  region: [Column.text, "cloud.region"],
  "az-id": [Column.text, "cloud.availability_zone"],
  "sublocation-type": [Column.text, "aws.vpcflow.sublocation.type"],
  "sublocation-id": [Column.text, "aws.vpcflow.sublocation.id"],
  "pkt-src-aws-service": [Column.text, "aws.vpcflow.pkt_src_service"],
  "pkt-dst-aws-service": [Column.text, "aws.vpcflow.pkt_dst_service"],
  "flow-direction": [Column.text, "network.direction"],
  "packets-lost-no-route": [Column.integer, "aws.vpcflow.packets_lost_no_route"],
  "packets-lost-blackhole": [Column.integer, "aws.vpcflow.packets_lost_blackhole"],
  "packets-lost-mtu-exceeded": [Column.integer, "aws.vpcflow.packets_lost_mtu_exceeded"],
  "packets-lost-ttl-expired": [Column.integer, "aws.vpcflow.packets_lost_ttl_expired"],
};

/** Where values are kept that no column's field can take. */
export const UNPARSED = "aws.vpcflow.unparsed";

const TYPED = new Set(
  Object.values(SPECIAL).flatMap(([kind, path = ""]) =>
    kind === Column.address || kind === Column.integer ? [path] : [],
  ),
);

const PREFIXES: Readonly<Record<string, string>> = {
  "interface-id": "eni-",
  "vpc-id": "vpc-",
  "subnet-id": "subnet-",
  "instance-id": "i-",
  type: "IPv",
  "tgw-id": "tgw-",
  "tgw-attachment-id": "tgw-attach-",
  "ecs-cluster-arn": "arn:",
};

/**
 * All columns in the order of AWS's table; the first fourteen are the default format.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
const TABLE = words(
  `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
  vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id
  pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path
  ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id
  ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status
  instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type
  next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type`,
);
const DEFAULT_COLUMNS = 14;

/** The default format of transit gateway flow logs. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html */
const TRANSIT_GATEWAY = words(
  `version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id
  tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport
  dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded
  packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service`,
);

/**
 * Orders that AWS's examples use, which people copy: through a NAT gateway, through a transit gateway, TCP flag sequence, service names.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
 */
const EXAMPLES = [
  words("instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"),
  words(
    `version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type pkt-srcaddr
    pkt-dstaddr action log-status`,
  ),
  words(
    `version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes
    packets start end action tcp-flags log-status`,
  ),
  words(
    `version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id interface-id region
    az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path
    flow-direction log-status`,
  ),
];

const KNOWN: ReadonlySet<string> = new Set([...TABLE, ...TRANSIT_GATEWAY]);

/** Finds the names of known columns in bytes; a header begins with one. */
export const columnNames = new NameTable([...KNOWN].map((name) => [name, 0] as const));

/** How many columns that AWS has not invented yet headers may name in one process; values of more go to `aws.vpcflow.unparsed`. */
const MAX_NEW_COLUMNS = 256;
const COLUMN_NAME = /^[a-z][a-z0-9-]{1,63}$/;

const newColumns = new Set<string>();

/**
 * The orders that a line may have when nobody says it, to be tried one after the other: its tokens decide. What follows the default columns in
 * an order of the user's own is not named.
 */
export const guesses: readonly Layout[] = [
  { ...makeLayout(TABLE), least: DEFAULT_COLUMNS },
  ...[TRANSIT_GATEWAY, ...EXAMPLES].map((columns) => ({ ...makeLayout(columns), open: false })),
  makeLayout(TABLE.slice(0, DEFAULT_COLUMNS)),
];

/**
 * Reads the order of columns from configuration or from a header line: names with `-` or `_`, as AWS writes them in `${account-id}` or bare.
 * Raises BAD_CONFIG for what cannot be a column's name.
 */
export function layoutOf(format: string): Layout {
  const columns = words(format).map((word) => word.replace(/^\$\{(.*)\}$/, "$1").replaceAll("_", "-"));
  const odd =
    columns.length === 0 || columns.length > MAX_COLUMNS ? format : columns.find((column) => !COLUMN_NAME.test(column));
  if (odd !== undefined) {
    throw new BelfryError(
      "BAD_CONFIG",
      `no column of a flow log: "${odd.slice(0, 80)}"; a format is like "\${version} \${account-id}"`,
    );
  }
  return makeLayout(columns);
}

/** Whether a line that begins with a column's name is a header: each word looks like a column, and most are known. */
export function isHeader(line: string): boolean {
  const names = words(line);
  if (names.length < 2 || names.length > MAX_COLUMNS || !names.every((name) => COLUMN_NAME.test(name))) return false;
  return names.filter((name) => KNOWN.has(name)).length * 2 > names.length;
}

function makeLayout(columns: readonly string[]): Layout {
  const entries = columns.map(entryOf);
  const codes = copiesOf(entries, Kind.string);
  return {
    kinds: Uint8Array.from(entries, ([kind]) => kind),
    otherwise: Int32Array.from(columns, (column) => {
      // The index has the field as a number or an address, if it is one of the flow log's own.
      const path = plainPath(column);
      return pathId(TYPED.has(path) ? UNPARSED : path);
    }),
    prefixes: columns.map((column) => (column in PREFIXES ? Buffer.from(PREFIXES[column]) : undefined)),
    least: columns.length,
    open: true,
    codes,
    escapedCodes: copiesOf(entries, Kind.text),
    rowCodes: Int32Array.from([...codes.filter((code) => code !== NO_FIELD), ...FIXED_CODES]),
    mostRows: columns.length * (COPIES + 1) + FIXED_CODES.length,
  };
}

/** The codes of the fields that tokens are copied to; `text` is the kind of those that are no numbers. */
function copiesOf(entries: readonly Entry[], text: Kind): Int32Array {
  const codes = new Int32Array(entries.length * COPIES).fill(NO_FIELD);
  for (const [column, [kind, ...paths]] of entries.entries()) {
    const copied = kind === Column.integer ? Kind.raw : text;
    codes.set(
      paths.map((path) => codeOf(pathId(path), copied)),
      column * COPIES,
    );
  }
  return codes;
}

function entryOf(column: string): Entry {
  return SPECIAL[column] ?? [Column.text, plainPath(column)];
}

function plainPath(column: string): string {
  if (!KNOWN.has(column) && !newColumns.has(column)) {
    if (newColumns.size >= MAX_NEW_COLUMNS) return UNPARSED;
    newColumns.add(column);
  }
  return `aws.vpcflow.${column.replaceAll("-", "_")}`;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
