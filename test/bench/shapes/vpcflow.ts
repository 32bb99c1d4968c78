import type { Fleet } from "./fleet.ts";

const PORTS = [443, 443, 443, 80, 22, 3306, 5432, 6379, 8080, 53, 123, 9200] as const;
const TCP = 6;
const UDP = 17;

/** The fields of version 5 in the order in which AWS documents them. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export const VPC5_FORMAT =
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} " +
  "${log-status} ${vpc-id} ${subnet-id} ${instance-id} ${tcp-flags} ${type} ${pkt-srcaddr} ${pkt-dstaddr} ${region} ${az-id} ${sublocation-type} " +
  "${sublocation-id} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${flow-direction} ${traffic-path}";

interface Flow {
  readonly out: boolean;
  readonly machine: number;
  readonly source: string;
  readonly destination: string;
  readonly text: string;
}

function flow(fleet: Fleet, version: number, timeMs: number): Flow {
  const { random } = fleet;
  const out = random.chance(0.5);
  const local = random.pick(fleet.privateAddresses);
  const remote = random.chance(0.7) ? random.pickSkewed(fleet.publicAddresses) : random.pick(fleet.privateAddresses);
  const [source, destination] = out ? [local, remote] : [remote, local];
  const port = random.pick(PORTS);
  const ephemeral = random.integer(1024, 65_535);
  const ports = out ? `${ephemeral} ${port}` : `${port} ${ephemeral}`;
  const packets = random.integer(1, 60);
  const machine = fleet.interfaces.indexOf(random.pickSkewed(fleet.interfaces));
  const end = Math.floor(timeMs / 1000);
  const protocol = random.chance(0.85) ? TCP : UDP;
  const volume = `${protocol} ${packets} ${packets * random.integer(40, 1460)}`;
  const times = `${end - random.integer(10, 60)} ${end}`;
  const verdict = random.chance(0.93) ? "ACCEPT" : "REJECT";
  const text = `${version} ${fleet.account} ${fleet.interfaces[machine]} ${source} ${destination} ${ports} ${volume} ${times} ${verdict} OK`;
  return { out, machine, source, destination, text };
}

/** A record of the default format; one in a hundred is of an interval without traffic. */
export function vpc2(fleet: Fleet, timeMs: number): string {
  if (!fleet.random.chance(0.01)) return flow(fleet, 2, timeMs).text;
  const end = Math.floor(timeMs / 1000);
  return `2 ${fleet.account} ${fleet.random.pick(fleet.interfaces)} - - - - - - - ${end - 60} ${end} - NODATA`;
}

/** A record with all fields up to version 5. */
export function vpc5(fleet: Fleet, timeMs: number): string {
  const { random, region } = fleet;
  const { out, machine, source, destination, text } = flow(fleet, 5, timeMs);
  const place = `${fleet.vpcs[machine % 4]} ${fleet.subnets[machine % 9]} ${fleet.instances[machine]}`;
  const flags = random.pick([2, 3, 18, 19, 0]);
  const zone = `${region.slice(0, 2)}n2-az${(machine % 3) + 1}`;
  const fromService = !out && random.chance(0.2) ? "AMAZON" : "-";
  const toService = out && random.chance(0.3) ? random.pick(["S3", "DYNAMODB", "EC2"]) : "-";
  const direction = out ? `egress ${random.pick([1, 8, 2])}` : "ingress -";
  return `${text} ${place} ${flags} IPv4 ${source} ${destination} ${region} ${zone} - - ${fromService} ${toService} ${direction}`;
}
