import { valueAt } from "../json-path.ts";

/** A parsed ECS document. */
export type Document = Readonly<Record<string, unknown>>;

/** What a person would want to see first of a document. */
export function summaryOf(document: Document): string {
  const text = (field: string) => textOf(valueAt(document, field));
  const dataset = text("event.dataset");
  if (dataset === "aws.vpcflow") {
    const end = (side: string) => `${text(`${side}.ip`)}:${text(`${side}.port`)}`;
    const action = text("aws.vpcflow.action") || text("aws.vpcflow.log_status");
    return text("source.ip") === ""
      ? action
      : `${end("source")} → ${end("destination")} ${text("network.transport")} ${action}`;
  }
  if (dataset === "aws.cloudtrail") {
    return [
      text("event.provider"),
      text("event.action"),
      text("user.name"),
      text("event.outcome"),
      text("error.code") || text("aws.cloudtrail.error_code"),
    ]
      .filter((part) => part !== "")
      .join(" ");
  }
  const level = text("log.level");
  const message = text("message") || text("error.message") || text("event.action");
  return level === "" ? message : `${level.toUpperCase()} ${message}`;
}

/** A value as text: none for none, objects and arrays as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
