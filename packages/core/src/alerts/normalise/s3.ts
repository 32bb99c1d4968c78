import type { Alert } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { textAt } from "../../event/json-member.ts";
import { alertOf, line, MOMENT_MS } from "./statement.ts";

/**
 * What happens to an object. The key is bucket and object, the delivery is told apart by the sequencer, which tells the order of an object's events;
 * nothing resolves it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function s3Alert(event: EventEnvelope): Alert {
  const { detail, region } = event;
  const bucket = textAt(detail, "bucket", "name") ?? "";
  const key = textAt(detail, "object", "key") ?? "";
  const sequencer = textAt(detail, "object", "sequencer");
  const object = `s3://${bucket}/${key}`;
  const prefix = encodeURIComponent(key);
  const facts = Object.entries({
    Reason: textAt(detail, "reason"),
    Deletion: textAt(detail, "deletion-type"),
    Requester: textAt(detail, "requester"),
    From: textAt(detail, "source-ip-address"),
    "Size in bytes": textAt(detail, "object", "size"),
  });
  return alertOf(event, {
    key: object,
    deliveryId: sequencer === undefined ? event.id : `${object}#${event.detailType}#${padded(sequencer)}`,
    status: "firing",
    severity: "info",
    title: `${event.detailType}: ${object}`,
    description: facts.map(([name, value]) => line(`${name}:`, value)),
    labels: { bucket, resource: object },
    links: consoleLink("Object", region, `s3/object/${encodeURIComponent(bucket)}?prefix=${prefix}`),
    expiresAfterMs: MOMENT_MS,
  });
}

/** Sequencers are hexadecimal and of different lengths; they compare when the shorter is padded on the left. */
function padded(sequencer: string): string {
  return sequencer.toUpperCase().padStart(32, "0");
}
