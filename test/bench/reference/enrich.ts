import { type Document, get, put } from "./document.ts";

const ACCOUNT_NAMES: Readonly<Record<string, string>> = { "123456789012": "production" };

/** Adds what the benchmark's configuration (variants/settings.ts) knows of the account and of the log group; a record's own fields win. */
export function enrich(document: Document, account: string, logGroup: string): void {
  const add = (path: string, value: string): void => {
    if (get(document, path) === undefined) put(document, path, value);
  };
  if (account in ACCOUNT_NAMES) add("cloud.account.name", ACCOUNT_NAMES[account]);
  if (!logGroup.startsWith("/aws/lambda/orders-")) return;
  add("service.name", "orders");
  add("service.environment", "production");
  add("labels.team", "shop");
}

/** The configuration's one rule that drops: DNS that is allowed between private addresses. */
export function isDnsInsideVpc(document: Document): boolean {
  if (get(document, "event.dataset") !== "aws.vpcflow" || get(document, "event.outcome") !== "success") return false;
  const source = String(get(document, "source.ip"));
  const destination = String(get(document, "destination.ip"));
  return source.startsWith("10.") && destination.startsWith("10.") && get(document, "destination.port") === 53;
}
