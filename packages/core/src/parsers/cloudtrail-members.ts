import { pathId } from "../event/field-path.ts";
import { JsonShape } from "./json-shape.ts";

type Mapping = readonly (readonly [member: string, field: string])[];

// Field names are those of Elastic's integration, so that its dashboards and ours read the same documents.
// Members: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
const TEXTS: Mapping = [
  ["eventVersion", "aws.cloudtrail.event_version"],
  ["eventType", "aws.cloudtrail.event_type"],
  ["eventCategory", "aws.cloudtrail.event_category"],
  ["eventID", "event.id"],
  ["eventName", "event.action"],
  ["eventSource", "event.provider"],
  ["awsRegion", "cloud.region"],
  ["sourceIPAddress", "source.address"],
  ["userAgent", "user_agent.original"],
  ["errorCode", "aws.cloudtrail.error_code"],
  ["errorMessage", "aws.cloudtrail.error_message"],
  ["requestID", "aws.cloudtrail.request_id"],
  ["apiVersion", "aws.cloudtrail.api_version"],
  ["recipientAccountId", "aws.cloudtrail.recipient_account_id"],
  ["sharedEventID", "aws.cloudtrail.shared_event_id"],
  ["vpcEndpointId", "aws.cloudtrail.vpc_endpoint_id"],
  ["vpcEndpointAccountId", "aws.cloudtrail.vpc_endpoint_account_id"],
  ["sessionCredentialFromConsole", "aws.cloudtrail.session_credential_from_console"],
  ["awsAccountId", "cloud.account.id"],
  ["userIdentity/accountId", "cloud.account.id"],
  ["userIdentity/principalId", "user.id"],
  ["userIdentity/type", "aws.cloudtrail.user_identity.type"],
  ["userIdentity/arn", "aws.cloudtrail.user_identity.arn"],
  ["userIdentity/accessKeyId", "aws.cloudtrail.user_identity.access_key_id"],
  ["userIdentity/invokedBy", "aws.cloudtrail.user_identity.invoked_by"],
  ["userIdentity/identityProvider", "aws.cloudtrail.user_identity.identity_provider"],
  ["userIdentity/credentialId", "aws.cloudtrail.user_identity.credential_id"],
  ["userIdentity/userId", "aws.cloudtrail.user_identity.user_id"],
  ["userIdentity/sessionContext/sourceIdentity", "aws.cloudtrail.user_identity.session_context.source_identity"],
  ["userIdentity/sessionContext/ec2RoleDelivery", "aws.cloudtrail.user_identity.session_context.ec2_role_delivery"],
  [
    "userIdentity/sessionContext/attributes/mfaAuthenticated",
    "aws.cloudtrail.user_identity.session_context.mfa_authenticated",
  ],
  [
    "userIdentity/sessionContext/sessionIssuer/type",
    "aws.cloudtrail.user_identity.session_context.session_issuer.type",
  ],
  [
    "userIdentity/sessionContext/sessionIssuer/principalId",
    "aws.cloudtrail.user_identity.session_context.session_issuer.principal_id",
  ],
  ["userIdentity/sessionContext/sessionIssuer/arn", "aws.cloudtrail.user_identity.session_context.session_issuer.arn"],
  [
    "userIdentity/sessionContext/sessionIssuer/accountId",
    "aws.cloudtrail.user_identity.session_context.session_issuer.account_id",
  ],
  ["tlsDetails/cipherSuite", "tls.cipher"],
  ["tlsDetails/clientProvidedHostHeader", "tls.client.server_name"],
  ["requestParameters/groupName", "group.name"],
  ["requestParameters/userName", "user.target.name"],
  ["requestParameters/newUserName", "user.changes.name"],
  ["responseElements/group/groupId", "group.id"],
  ["responseElements/user/userId", "user.target.id"],
];

/** Members that are true or false. */
const FLAGS: Mapping = [
  ["readOnly", "aws.cloudtrail.read_only"],
  ["managementEvent", "aws.cloudtrail.management_event"],
  ["sessionCredentialFromConsole", "aws.cloudtrail.session_credential_from_console"],
];

/** Objects whose members nobody knows in advance; the index maps what is below `flattened` as flat objects. */
const OBJECTS: Mapping = [
  ["requestParameters", "aws.cloudtrail.flattened.request_parameters"],
  ["responseElements", "aws.cloudtrail.flattened.response_elements"],
  ["additionalEventData", "aws.cloudtrail.flattened.additional_eventdata"],
  ["serviceEventDetails", "aws.cloudtrail.flattened.service_event_details"],
  ["addendum", "aws.cloudtrail.flattened.addendum"],
  ["edgeDeviceDetails", "aws.cloudtrail.flattened.edge_device_details"],
  ["eventContext", "aws.cloudtrail.flattened.event_context"],
];

/** Digests list the log files that were delivered, with their hashes. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html */
const DIGEST_TEXTS: Mapping = [
  ["digestS3Object", "file.path"],
  ["digestS3Bucket", "aws.cloudtrail.flattened.digest.s3_bucket"],
  ["digestPublicKeyFingerprint", "aws.cloudtrail.flattened.digest.public_key_fingerprint"],
  ["publicKeyFingerprint", "aws.cloudtrail.flattened.digest.public_key_fingerprint"],
  ["digestSignatureAlgorithm", "aws.cloudtrail.flattened.digest.signature_algorithm"],
  ["previousDigestS3Bucket", "aws.cloudtrail.flattened.digest.previous_s3_bucket"],
  ["previousDigestS3Object", "aws.cloudtrail.flattened.digest.previous_s3_object"],
  ["previousDigestHashValue", "aws.cloudtrail.flattened.digest.previous_hash_value"],
  ["previousDigestHashAlgorithm", "aws.cloudtrail.flattened.digest.previous_hash_algorithm"],
  ["previousDigestSignature", "aws.cloudtrail.flattened.digest.previous_signature"],
];
const DIGEST_TIMES: Mapping = [
  ["digestStartTime", "aws.cloudtrail.flattened.digest.start_time"],
  ["digestEndTime", "aws.cloudtrail.flattened.digest.end_time"],
  ["newestEventTime", "aws.cloudtrail.flattened.digest.newest_event_time"],
  ["oldestEventTime", "aws.cloudtrail.flattened.digest.oldest_event_time"],
];
const DIGEST_OBJECTS: Mapping = [["logFiles", "aws.cloudtrail.flattened.digest.log_files"]];

const mappings = [TEXTS, FLAGS, OBJECTS, DIGEST_TEXTS, DIGEST_TIMES, DIGEST_OBJECTS];

/** Every member that becomes a field of its own. */
export const shape = new JsonShape([
  ...mappings.flat().map(([member]) => member),
  "eventTime",
  "resources",
  "insightDetails",
  "tlsDetails/tlsVersion",
  "userIdentity/userName",
  "userIdentity/sessionContext/webIdFederationData",
  "userIdentity/sessionContext/attributes/creationDate",
  "userIdentity/sessionContext/sessionIssuer/userName",
  "additionalEventData/LoginTo",
  "additionalEventData/MFAUsed",
  "additionalEventData/MobileVersion",
  "responseElements/ConsoleLogin",
]);

/** Members and their fields, as slots of the shape and numbers of paths, side by side. */
interface Fields {
  readonly slots: Int32Array;
  readonly paths: Int32Array;
}

function fieldsOf(mapping: Mapping): Fields {
  return {
    slots: Int32Array.from(mapping, ([member]) => shape.slot(member)),
    paths: Int32Array.from(mapping, ([, field]) => pathId(field)),
  };
}

export const texts = fieldsOf(TEXTS);
export const flags = fieldsOf(FLAGS);
export const objects = fieldsOf(OBJECTS);
export const digestTexts = fieldsOf(DIGEST_TEXTS);
export const digestTimes = fieldsOf(DIGEST_TIMES);
export const digestObjects = fieldsOf(DIGEST_OBJECTS);

/** Members of a record that are expected, by what they should be; anything else is kept aside as it is. */
export function isExpected(member: string, value: unknown): boolean {
  if (value === null) return true;
  if (member === "eventTime") return typeof value === "string" && !Number.isNaN(Date.parse(value));
  if (NESTED_MEMBERS.has(member)) return typeof value === "object";
  if (FLAG_MEMBERS.has(member) && typeof value === "boolean") return true;
  return TEXT_MEMBERS.has(member) && typeof value === "string";
}

const topOf = (mapping: Mapping): string[] =>
  mapping.map(([member]) => member).filter((member) => !member.includes("/"));
const NESTED_MEMBERS = new Set([
  ...topOf(OBJECTS),
  ...topOf(DIGEST_OBJECTS),
  "userIdentity",
  "tlsDetails",
  "resources",
  "insightDetails",
]);
const FLAG_MEMBERS = new Set(topOf(FLAGS));
const TEXT_MEMBERS = new Set([...topOf(TEXTS), ...topOf(DIGEST_TEXTS), ...topOf(DIGEST_TIMES)]);
