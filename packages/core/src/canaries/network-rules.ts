import type { LookupFunction } from "node:net";

/** What a canary may call, by its `allow`. */
export interface NetworkRules {
  /** Raises CanaryFailure of class `canary` for a URL that is not http(s), a host that is not allowed, or an address that is blocked. */
  check(url: URL): void;
  /** Whether an address may be connected to, as a name was resolved to it. */
  allowsAddress(address: string): boolean;
  /** Resolves names as Node does, and fails (class `canary`) for those that lead to a blocked address: for `lookup` of sockets. */
  readonly lookup: LookupFunction;
}
