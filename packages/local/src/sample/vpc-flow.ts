import { privateAddress, publicAddress, type Site } from "./estate.ts";
import type { SeededRandom } from "./random.ts";

/** The columns of version 5, in AWS's order: the header of an object that S3 gets. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export const VPC_FLOW_V5_HEADER =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status " +
  "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id " +
  "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";

/** A flow log line in the default format, version 2; now and then one without data. */
export function vpcFlowV2(random: SeededRandom, site: Site, timeMs: number): string {
  const end = Math.floor(timeMs / 1000);
  const start = end - random.integer(1, 60);
  const network = `eni-${random.hex(17)}`;
  if (random.chance(0.04)) return `2 ${site.account} ${network} - - - - - - - ${start} ${end} - NODATA`;
  return `2 ${site.account} ${network} ${flow(random).join(" ")} ${start} ${end} ${action(random)} OK`;
}

/** A flow log line with all columns of version 5. */
export function vpcFlowV5(random: SeededRandom, site: Site, timeMs: number): string {
  const end = Math.floor(timeMs / 1000);
  const [source, destination, ...rest] = flow(random);
  const isIngress = random.chance(0.5);
  const service = random.chance(0.2) ? random.pick(["S3", "DYNAMODB", "AMAZON"]) : "-";
  return [
    `5 ${site.account} eni-${random.hex(17)} ${source} ${destination} ${rest.join(" ")} ${end - random.integer(1, 60)} ${end} ${action(random)} OK`,
    `vpc-${random.hex(17)} subnet-${random.hex(17)} i-${random.hex(17)} ${random.pick([2, 3, 18, 19])} IPv4 ${source} ${destination}`,
    `${site.region} ${random.pick(["euc1-az1", "use1-az4", "apse2-az2"])} - - - ${service} ${isIngress ? "ingress -" : "egress 8"}`,
  ].join(" ");
}

/** Addresses, ports, protocol, packets and bytes. */
function flow(random: SeededRandom): (string | number)[] {
  const packets = random.integer(1, 400);
  const port = random.pick([443, 443, 443, 80, 22, 5432, 53]);
  const protocol = port === 53 ? 17 : 6;
  return [
    publicAddress(random),
    privateAddress(random),
    random.integer(1024, 65_535),
    port,
    protocol,
    packets,
    packets * random.integer(40, 1400),
  ];
}

function action(random: SeededRandom): string {
  return random.chance(0.12) ? "REJECT" : "ACCEPT";
}
