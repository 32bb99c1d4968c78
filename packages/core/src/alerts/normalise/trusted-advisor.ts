import type { Alert } from "../../event/alert.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { objectOf, textAt, textOf } from "../../event/json-member.ts";
import { alertOf } from "./statement.ts";

const MAX_COLUMNS = 12;

/**
 * What a check says of a resource. The key is account, check and resource; OK resolves, WARN is a warning, ERROR an error. A check whose resources
 * have no id tells its items apart by `uuid`. Events come with best effort.
 * https://docs.aws.amazon.com/awssupport/latest/user/cloudwatch-events-ta.html
 */
export function trustedAdvisorAlert(event: EventEnvelope): Alert {
  const { detail } = event;
  const check = textAt(detail, "check-name") ?? event.detailType;
  const resource = textAt(detail, "resource_id");
  const status = textAt(detail, "status")?.toUpperCase() ?? "";
  const columns = Object.entries(objectOf(detail["check-item-detail"])).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === undefined ? [] : [`${name}: ${text}`];
  });
  const [, , service, region] = resource?.split(":") ?? [];
  const host = event.region.startsWith("us-gov-") ? "console.amazonaws-us-gov.com" : "console.aws.amazon.com";
  return alertOf(event, {
    key: [event.source, event.account, check, resource ?? textAt(detail, "uuid") ?? ""].join("#"),
    status: status === "OK" ? "resolved" : "firing",
    severity: status === "ERROR" ? "error" : status === "WARN" ? "warning" : "info",
    title: `Trusted Advisor: ${check}`,
    description: [resource, ...columns.slice(0, MAX_COLUMNS)],
    labels: {
      check,
      resource,
      service: service ?? "trustedadvisor",
      // The event comes from the region of the service, the resource is elsewhere.
      region: region || event.region,
    },
    links: [{ title: "Trusted Advisor", url: `https://${host}/trustedadvisor/home` }],
  });
}
