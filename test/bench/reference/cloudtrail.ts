import { isIP } from "node:net";
import { type Document, get, isObject, put } from "./document.ts";

const BASE = "aws.cloudtrail";

/** Members of a record that are copied, with their fields. */
const COPIED: Readonly<Record<string, string>> = {
  eventVersion: `${BASE}.event_version`,
  eventType: `${BASE}.event_type`,
  eventCategory: `${BASE}.event_category`,
  eventID: "event.id",
  eventName: "event.action",
  eventSource: "event.provider",
  awsRegion: "cloud.region",
  sourceIPAddress: "source.address",
  userAgent: "user_agent.original",
  errorCode: `${BASE}.error_code`,
  errorMessage: `${BASE}.error_message`,
  requestID: `${BASE}.request_id`,
  recipientAccountId: `${BASE}.recipient_account_id`,
  sharedEventID: `${BASE}.shared_event_id`,
  "userIdentity.accountId": "cloud.account.id",
  "userIdentity.principalId": "user.id",
  "userIdentity.type": `${BASE}.user_identity.type`,
  "userIdentity.arn": `${BASE}.user_identity.arn`,
  "userIdentity.accessKeyId": `${BASE}.user_identity.access_key_id`,
  "userIdentity.sessionContext.attributes.mfaAuthenticated": `${BASE}.user_identity.session_context.mfa_authenticated`,
  "userIdentity.sessionContext.sessionIssuer.type": `${BASE}.user_identity.session_context.session_issuer.type`,
  "userIdentity.sessionContext.sessionIssuer.principalId": `${BASE}.user_identity.session_context.session_issuer.principal_id`,
  "userIdentity.sessionContext.sessionIssuer.arn": `${BASE}.user_identity.session_context.session_issuer.arn`,
  "userIdentity.sessionContext.sessionIssuer.accountId": `${BASE}.user_identity.session_context.session_issuer.account_id`,
  "tlsDetails.cipherSuite": "tls.cipher",
  "tlsDetails.clientProvidedHostHeader": "tls.client.server_name",
  readOnly: `${BASE}.read_only`,
  managementEvent: `${BASE}.management_event`,
  requestParameters: `${BASE}.flattened.request_parameters`,
  responseElements: `${BASE}.flattened.response_elements`,
  additionalEventData: `${BASE}.flattened.additional_eventdata`,
};

/** A CloudTrail record of an API call. Returns false when the message is none. */
export function parseCloudTrail(message: string, document: Document): boolean {
  const event = parseObject(message);
  if (event === undefined || typeof event.eventVersion !== "string" || typeof event.eventName !== "string")
    return false;
  for (const [member, path] of Object.entries(COPIED)) {
    const value = get(event, member);
    if (!isEmpty(value)) put(document, path, value);
  }
  put(document, "@timestamp", new Date(String(event.eventTime)).toISOString());
  put(
    document,
    "user.name",
    get(event, "userIdentity.userName") ?? get(event, "userIdentity.sessionContext.sessionIssuer.userName"),
  );
  if (isIP(String(event.sourceIPAddress)) !== 0) put(document, "source.ip", event.sourceIPAddress);
  const created = get(event, "userIdentity.sessionContext.attributes.creationDate");
  if (created !== undefined)
    put(document, `${BASE}.user_identity.session_context.creation_date`, new Date(String(created)).toISOString());
  putTls(document, get(event, "tlsDetails.tlsVersion"));
  if (Array.isArray(event.resources) && event.resources.length > 0)
    put(document, `${BASE}.resources`, event.resources.map(renamed));
  put(document, "event.kind", "event");
  put(
    document,
    "event.outcome",
    event.errorCode === undefined && event.errorMessage === undefined ? "success" : "failure",
  );
  putClass(document, event.eventSource, event.eventName);
  return true;
}

function parseObject(message: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON: another parser's message.
    return undefined;
  }
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

function putTls(document: Document, version: unknown): void {
  if (typeof version !== "string") return;
  if (version.startsWith("TLSv")) put(document, "tls.version_protocol", "tls");
  put(document, "tls.version", version.replace(/^TLSv/, ""));
}

function renamed({ ARN, accountId, ...rest }: Document): Document {
  return { ...(ARN !== undefined && { arn: ARN }), ...(accountId !== undefined && { account_id: accountId }), ...rest };
}

/** What kind of act it is, in ECS's words; of the generator's actions two have a category. */
function putClass(document: Document, source: unknown, action: string): void {
  if (source === "sts.amazonaws.com" && action === "AssumeRole") {
    put(document, "event.category", ["authentication"]);
    put(document, "event.type", ["info"]);
  } else if (source === "iam.amazonaws.com" && /^(?:Get|List)/.test(action)) {
    put(document, "event.category", ["iam"]);
    put(document, "event.type", ["admin", "info"]);
  } else put(document, "event.type", "info");
}
