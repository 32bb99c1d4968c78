import { PEOPLE, privateAddress, publicAddress, SERVICES } from "./estate.ts";
import type { SeededRandom } from "./random.ts";

// Published as examples: nobody's card, key or token.
const TEST_CARDS = ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"];
const EXAMPLE_KEY_ID = "AKIAIOSFODNN7EXAMPLE";
const EXAMPLE_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJleGFtcGxlIn0.ZXhhbXBsZS1zaWduYXR1cmUtb25seS1mb3ItdGVzdHM";

/** A line of a service that logs JSON; some hold what must not leave: e-mail addresses, a card number, a token, a password. */
export function appJson(random: SeededRandom, timeMs: number): string {
  const service = random.pick(SERVICES);
  const status = random.pick([200, 200, 200, 200, 201, 404, 500]);
  const person = random.pick(PEOPLE);
  return JSON.stringify({
    timestamp: new Date(timeMs).toISOString(),
    level: status >= 500 ? "error" : status >= 400 ? "warn" : "info",
    service,
    message: `${random.pick(["GET", "POST"])} /orders/${random.integer(1, 9999)} answered ${status}`,
    status,
    duration_ms: random.integer(2, 1800),
    order: { id: `o-${random.integer(10_000, 99_999)}`, total: random.integer(500, 90_000) / 100, currency: "EUR" },
    client: { ip: publicAddress(random) },
    ...(random.chance(0.25) ? { user: { name: person, email: `${person}@example.com` } } : {}),
    ...(random.chance(0.1) ? { note: `paid with ${random.pick(TEST_CARDS)}` } : {}),
    ...(random.chance(0.08) ? { authorization: `Bearer ${EXAMPLE_TOKEN}` } : {}),
    ...(random.chance(0.08) ? { password: `secret-${random.hex(8)}` } : {}),
  });
}

/** A line of plain text with a level, as older programs write it. */
export function appText(random: SeededRandom, timeMs: number): string {
  const time = new Date(timeMs).toISOString().replace("T", " ").replace("Z", "");
  const person = random.pick(PEOPLE);
  return random.pick([
    () => `${time} INFO  [scheduler] job reindex finished in ${random.integer(1, 90)} s`,
    () =>
      `${time} WARN  [pool-${random.integer(1, 8)}] connection to ${privateAddress(random)}:5432 is slow: ${random.integer(200, 4000)} ms`,
    () => `${time} ERROR [worker] cannot send the invoice to ${person}@example.com: mailbox is full`,
    () => `${time} DEBUG [cache] ${random.integer(0, 999)} hits, ${random.integer(0, 99)} misses`,
    () =>
      `${time} ERROR [backup] upload refused for key ${EXAMPLE_KEY_ID}: clock is ${random.integer(5, 20)} minutes off`,
    () => `${time} INFO  [web] user ${person} signed in from ${publicAddress(random)}`,
  ])();
}
