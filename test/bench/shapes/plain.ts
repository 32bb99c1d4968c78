import { accessKeyId, cardNumber, email, type Fleet } from "./fleet.ts";

const WORDS = (
  "the service handled request for item while cache was warm and upstream returned status after retry with token refresh queue depth " +
  "now partition leader elected commit offset flush segment compaction done"
).split(" ");

/** A line of a Java logging framework: time, thread, padded level, logger, and words; a few carry what must not be stored. */
export function plain({ random }: Fleet, timeMs: number): string {
  const thread = random.pick(["main", "worker-1", "worker-2", "http-nio-8080-exec-3"]);
  const level = random.pick(["INFO ", "WARN ", "DEBUG", "ERROR"]);
  const logger = `com.example.${random.pick(["Orders", "Billing", "Inventory"])}Service`;
  const words = random.list(random.integer(8, 22), () => random.pick(WORDS)).join(" ");
  const contact = random.chance(0.02) ? ` contact ${email(random)}` : "";
  const card = random.chance(0.01) ? ` card ${cardNumber(random)}` : "";
  const key = random.chance(0.005) ? ` key ${accessKeyId(random, "AKIA")}` : "";
  return `${new Date(timeMs).toISOString()} [${thread}] ${level} ${logger} - ${words}${contact}${card}${key}`;
}
