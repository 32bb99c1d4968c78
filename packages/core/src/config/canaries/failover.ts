import * as z from "zod";

/** Resolvers keep a record for so long, and with it those who ask: a fail-over is not seen before. */
const MAX_TTL_SECONDS = 60;

const Alias = z.strictObject({
  dnsName: z.string().min(1).describe("of a load balancer, a distribution, an API, as its own console shows it"),
  hostedZoneId: z.string().regex(/^Z[A-Z0-9]{1,31}$/, "a hosted zone's id is Z and up to 31 letters and digits"),
});

const Target = z.union(
  [z.ipv4(), z.ipv6(), z.hostname(), Alias],
  "expected an address, a host's name, or dnsName and hostedZoneId of an alias",
);

/** A pair of records of which the second is answered while the canary's alarm is on. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html */
export const Failover = z
  .strictObject({
    hostedZoneId: z.string().regex(/^Z[A-Z0-9]{1,31}$/, "a hosted zone's id is Z and up to 31 letters and digits"),
    name: z.hostname().describe("the records' name, in the hosted zone"),
    primary: Target.describe("what is answered while all is well: an address, a host's name, or an alias of AWS's"),
    secondary: Target.describe("what is answered while the canary's alarm is on; of the same sort"),
    ttlSeconds: z.int().min(0).max(MAX_TTL_SECONDS).default(30).describe("an alias has that of what it points to"),
  })
  .refine(
    ({ primary, secondary }) => recordType(primary) === recordType(secondary),
    "primary and secondary must be of one sort: two addresses of one family, two names, or two aliases",
  );

/** Two records with their defaults. */
export type FailoverConfig = z.output<typeof Failover>;
/** One of the two. */
export type FailoverTarget = FailoverConfig["primary"];

/** The type of the record that answers with a target; an alias is one of addresses. */
export function recordType(target: z.output<typeof Target>): "A" | "AAAA" | "CNAME" {
  if (typeof target !== "string" || z.ipv4().safeParse(target).success) return "A";
  return z.ipv6().safeParse(target).success ? "AAAA" : "CNAME";
}
