import dns from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { CommonCanary } from "../config/canaries/common.ts";
import { glob } from "../config/glob.ts";
import { CanaryFailure } from "./failure.ts";

/** What a canary may call, by its `allow`. */
export interface NetworkRules {
  /** Raises CanaryFailure of class `canary` for a URL that is not http(s), a host that is not allowed, or an address that is blocked. */
  check(url: URL): void;
  /** The same for a host that is not called by HTTP: its name, or its address. */
  checkHost(host: string): void;
  /** Whether an address may be connected to, as a name was resolved to it. */
  allowsAddress(address: string): boolean;
  /** Resolves names as Node does, and fails (class `canary`) for those that lead to a blocked address: for `lookup` of sockets. */
  readonly lookup: LookupFunction;
}

/** Where the runner itself is, besides what the canary says. */
export interface NetworkOptions {
  /** Resolves names; Node's own, unless given. */
  readonly lookup?: LookupFunction;
  /**
   * False keeps loopback out whatever the canary allows: in Lambda the runtime's own interface listens there, which hands out invocations.
   * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
   */
  readonly loopback?: boolean;
}

type Network = readonly [address: string, prefix: number, family: "ipv4" | "ipv6"];

// Link-local, where EC2, ECS and Lambda keep their metadata, and the two unique local addresses that EC2 and EKS use for it.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
const METADATA: readonly Network[] = [
  ["169.254.0.0", 16, "ipv4"],
  ["fe80::", 10, "ipv6"],
  ["fd00:ec2::254", 128, "ipv6"],
  ["fd00:ec2::23", 128, "ipv6"],
];

const LOOPBACK: readonly Network[] = [
  ["127.0.0.0", 8, "ipv4"],
  ["0.0.0.0", 8, "ipv4"],
  ["::1", 128, "ipv6"],
  ["::", 128, "ipv6"],
];

// https://www.iana.org/assignments/iana-ipv4-special-registry, and the same for IPv6.
const PRIVATE: readonly Network[] = [
  ["10.0.0.0", 8, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["fc00::", 7, "ipv6"],
];

// IPv4 within IPv6: NAT64 and 6to4 lead to the IPv4 address that is in them. https://www.rfc-editor.org/rfc/rfc6052, https://www.rfc-editor.org/rfc/rfc3056
const NAT64 = /^64:ff9b::(?:(?<high>[0-9a-f]{1,4}):)?(?<low>[0-9a-f]{1,4})$/;
const SIX_TO_FOUR = /^2002:(?<high>[0-9a-f]{0,4}):(?<low>[0-9a-f]{0,4})(?::|$)/;

/** Makes the rules of a canary. */
export function networkRules(allow: CommonCanary["allow"], options: NetworkOptions = {}): NetworkRules {
  const blocked = new BlockList();
  const block = (networks: readonly Network[]) => {
    for (const [address, prefix, family] of networks) blocked.addSubnet(address, prefix, family);
  };
  if (!allow.metadataAddresses) block(METADATA);
  if (!allow.privateAddresses) block([...PRIVATE, ...LOOPBACK]);
  if (options.loopback === false) block(LOOPBACK);

  const hosts = allow.hosts.map((pattern) => glob(pattern.toLowerCase()));
  const allowsAddress = (address: string): boolean => {
    const plain = address.replace(/%.*$/, "");
    const family = isIP(plain);
    if (family === 0) return false;
    const inner = family === 6 ? innerAddress(plain) : undefined;
    return !blocked.check(plain, family === 4 ? "ipv4" : "ipv6") && (inner === undefined || allowsAddress(inner));
  };
  const checkHost = (host: string): void => {
    const name = host
      .toLowerCase()
      .replace(/^\[|\]$/g, "")
      .replace(/\.$/, "");
    if (!hosts.some((matches) => matches(name))) {
      throw new CanaryFailure(
        "canary",
        `${name} is none of the hosts that allow.hosts names: ${allow.hosts.join(", ")}`,
      );
    }
    if (isIP(name) !== 0 && !allowsAddress(name)) throw blockedAddress(name, name);
  };
  return {
    checkHost,
    allowsAddress,
    check: (url) => {
      if (url.protocol !== "http:" && url.protocol !== "https:") {
        throw new CanaryFailure("canary", `${url.protocol} is not called: only http: and https: are`);
      }
      checkHost(url.hostname);
    },
    lookup: safeLookup(options.lookup ?? dns.lookup, allowsAddress),
  };
}

/** The IPv4 address that an IPv6 address leads to by translation, where it does. Those that are mapped (`::ffff:…`) Node's lists know by themselves. */
function innerAddress(address: string): string | undefined {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const parts = NAT64.exec(plain)?.groups ?? SIX_TO_FOUR.exec(plain)?.groups;
  if (parts === undefined) return undefined;
  const high = Number.parseInt(parts.high || "0", 16);
  const low = Number.parseInt(parts.low || "0", 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The check is made on what the name resolved to, which is what the socket connects to: nothing can change in between. */
function safeLookup(lookup: LookupFunction, allowsAddress: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error !== null) return callback(error, address, family);
      const addresses = typeof address === "string" ? [{ address, family: family ?? isIP(address) }] : address;
      const bad = addresses.find((one) => !allowsAddress(one.address));
      if (bad !== undefined) return callback(blockedAddress(hostname, bad.address), "", 0);
      callback(null, address, family);
    });
  };
}

function blockedAddress(host: string, address: string): CanaryFailure {
  const where = host === address ? address : `${host} leads to ${address}, which`;
  return new CanaryFailure(
    "canary",
    `${where} is an address that canaries do not call: see allow.privateAddresses and allow.metadataAddresses`,
  );
}
