import type { SeededRandom } from "./random.ts";

/** One member account in one region, as the sample traffic comes from it. */
export interface Site {
  readonly account: string;
  readonly region: string;
}

/** A small organization: two accounts, three regions. The central account is the first. */
export const SITES: readonly Site[] = [
  { account: "111122223333", region: "eu-central-1" },
  { account: "444455556666", region: "us-east-1" },
  { account: "444455556666", region: "ap-southeast-2" },
];

export const CENTRAL: Site = SITES[0];

export const PEOPLE = ["ann", "ben", "carla", "deniz", "emeka"] as const;

export const SERVICES = ["checkout", "catalogue", "payments", "shipping"] as const;

/** Addresses for documentation (RFC 5737). */
export function publicAddress(random: SeededRandom): string {
  return `${random.pick(["192.0.2", "198.51.100", "203.0.113"])}.${random.integer(1, 254)}`;
}

export function privateAddress(random: SeededRandom): string {
  return `10.${random.integer(0, 3)}.${random.integer(0, 255)}.${random.integer(4, 250)}`;
}
