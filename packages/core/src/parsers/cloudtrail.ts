import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { equals, startsWith } from "./bytes.ts";
import { ActionClassifier, NONE } from "./cloudtrail-action.ts";
import {
  digestObjects,
  digestTexts,
  digestTimes,
  flags,
  isExpected,
  objects,
  shape,
  texts,
} from "./cloudtrail-members.ts";
import { ipVersion } from "./ip-address.ts";
import { JsonScanner } from "./json-scan.ts";
import { ROOT } from "./json-shape.ts";
import type { Parser } from "./parser.ts";
import { TimeReader } from "./timestamp.ts";

const QUOTE = 34;
const LOWER_N = 110;

const EVENT_VERSION = shape.slot("eventVersion");
const EVENT_TIME = shape.slot("eventTime");
const EVENT_SOURCE = shape.slot("eventSource");
const EVENT_NAME = shape.slot("eventName");
const EVENT_TYPE = shape.slot("eventType");
const ERROR_CODE = shape.slot("errorCode");
const ERROR_MESSAGE = shape.slot("errorMessage");
const SOURCE_ADDRESS = shape.slot("sourceIPAddress");
const RESOURCES = shape.slot("resources");
const INSIGHT = shape.slot("insightDetails");
const USER_IDENTITY = shape.slot("userIdentity");
const USER_NAME = shape.slot("userIdentity/userName");
const SESSION = shape.slot("userIdentity/sessionContext");
const WEB_FEDERATION = shape.slot("userIdentity/sessionContext/webIdFederationData");
const SESSION_CREATED = shape.slot("userIdentity/sessionContext/attributes/creationDate");
const ISSUER_NAME = shape.slot("userIdentity/sessionContext/sessionIssuer/userName");
const TLS = shape.slot("tlsDetails/tlsVersion");
const LOGIN_RESULT = shape.slot("responseElements/ConsoleLogin");
const LOGIN_TO = shape.slot("additionalEventData/LoginTo");
const LOGIN_MFA = shape.slot("additionalEventData/MFAUsed");
const LOGIN_MOBILE = shape.slot("additionalEventData/MobileVersion");
const DIGEST_OBJECT = shape.slot("digestS3Object");
const DIGEST_END = shape.slot("digestEndTime");

const NESTED = [RESOURCES, INSIGHT, USER_IDENTITY, shape.slot("tlsDetails")];

const path = {
  kind: pathId("event.kind"),
  category: pathId("event.category"),
  type: pathId("event.type"),
  outcome: pathId("event.outcome"),
  sourceIp: pathId("source.ip"),
  userName: pathId("user.name"),
  tlsProtocol: pathId("tls.version_protocol"),
  tlsVersion: pathId("tls.version"),
  sessionCreated: pathId("aws.cloudtrail.user_identity.session_context.creation_date"),
  resources: pathId("aws.cloudtrail.resources"),
  insight: pathId("aws.cloudtrail.flattened.insight_details"),
  identity: pathId("aws.cloudtrail.flattened.user_identity"),
  other: pathId("aws.cloudtrail.flattened.other"),
  loginTo: pathId("aws.cloudtrail.console_login.additional_eventdata.login_to"),
  loginMfa: pathId("aws.cloudtrail.console_login.additional_eventdata.mfa_used"),
  loginMobile: pathId("aws.cloudtrail.console_login.additional_eventdata.mobile_version"),
};

const EVENT = literal("event");
const SUCCESS = literal("success");
const FAILURE = literal("failure");
const TLS_NAME = literal("tls");
const YES = literal(true);
const NO = literal(false);

const CONSOLE_LOGIN = Buffer.from("ConsoleLogin");
const TLS_PREFIX = Buffer.from("TLSv");
const SUCCESS_TEXT = Buffer.from("Success");
const NO_TEXT = Buffer.from("No");

/**
 * Records of CloudTrail: API calls, service events, insights, and digests of log files. Objects are kept whole below
 * `aws.cloudtrail.flattened`; members that nobody has told of yet are in `aws.cloudtrail.flattened.other`.
 */
export class CloudTrailParser implements Parser {
  readonly dataset = "aws.cloudtrail";
  readonly #json = new JsonScanner(shape);
  readonly #time = new TimeReader();
  readonly #actions = new ActionClassifier();

  parse(batch: RecordBatch, record: number): boolean {
    const json = this.#json;
    const bytes = batch.bytesOf(record);
    if (!json.scanRecord(batch, record)) return false;
    const isDigest = json.isText(DIGEST_OBJECT);
    if (!isDigest && !(json.isText(EVENT_VERSION) && (json.isText(EVENT_NAME) || json.isText(EVENT_TYPE))))
      return false;
    const time = this.#readTime(bytes, isDigest ? DIGEST_END : EVENT_TIME);
    if (!Number.isNaN(time)) batch.setTime(record, time);
    const odd = this.#addMembers(batch, record) || Number.isNaN(time);
    this.#addIdentity(batch, record, bytes, odd);
    this.#classify(batch, record, bytes);
    if (json.isText(TLS)) this.#addTls(batch, record, bytes);
    if (json.isNested(RESOURCES)) batch.addDerived(record, path.resources, resourcesOf(json.value(RESOURCES)));
    if (json.isNested(INSIGHT)) batch.addDerived(record, path.insight, withoutEmpty(json.value(INSIGHT)) ?? {});
    if (isDigest) this.#addDigest(batch, record, bytes);
    if (odd || json.unnamed[ROOT] > 0) this.#addOther(batch, record);
    json.markSecrets(batch, record);
    return true;
  }

  /** Adds what is copied as it stands; true when a member is of another type than it should be. */
  #addMembers(batch: RecordBatch, record: number): boolean {
    const json = this.#json;
    const bytes = batch.bytesOf(record);
    let odd = false;
    for (let i = 0; i < texts.slots.length; i++) {
      const from = json.from[texts.slots[i]];
      if (from < 0) continue;
      const to = json.to[texts.slots[i]];
      if (bytes[from] !== QUOTE) odd ||= bytes[from] !== LOWER_N;
      else if (to - from > 2) batch.addString(record, texts.paths[i], from + 1, to - 1);
    }
    for (let i = 0; i < flags.slots.length; i++) json.addPlain(batch, record, flags.paths[i], flags.slots[i]);
    for (let i = 0; i < objects.slots.length; i++) {
      const slot = objects.slots[i];
      if (json.isNested(slot)) json.addNested(batch, record, objects.paths[i], slot);
      else odd ||= json.isText(slot) || json.isPlain(slot);
    }
    for (const slot of NESTED) odd ||= json.isText(slot) || json.isPlain(slot);
    return odd;
  }

  #addIdentity(batch: RecordBatch, record: number, bytes: Buffer, odd: boolean): void {
    const json = this.#json;
    json.addText(batch, record, path.userName, json.isText(USER_NAME) ? USER_NAME : ISSUER_NAME);
    if (json.isText(SOURCE_ADDRESS)) {
      const from = json.from[SOURCE_ADDRESS] + 1;
      const to = json.to[SOURCE_ADDRESS] - 1;
      if (ipVersion(bytes, from, to) !== 0) batch.addString(record, path.sourceIp, from, to);
    }
    const created = this.#readTime(bytes, SESSION_CREATED);
    if (!Number.isNaN(created)) batch.addTime(record, path.sessionCreated, created);
    // Who acted is kept whole when there is more to it than has fields.
    if (odd || json.unnamed[USER_IDENTITY] > 0 || json.unnamed[SESSION] > 0 || json.isNested(WEB_FEDERATION)) {
      json.addNested(batch, record, path.identity, USER_IDENTITY);
    }
  }

  #classify(batch: RecordBatch, record: number, bytes: Buffer): void {
    const json = this.#json;
    const failed = json.isText(ERROR_CODE) || json.isText(ERROR_MESSAGE);
    const actionFrom = json.from[EVENT_NAME] + 1;
    const actionTo = json.to[EVENT_NAME] - 1;
    batch.addLiteral(record, path.kind, EVENT);
    const { category, type } = this.#actions.classify(
      bytes,
      json.from[EVENT_SOURCE] + 1,
      json.to[EVENT_SOURCE] - 1,
      actionFrom,
      actionTo,
    );
    batch.addLiteral(record, path.type, type);
    if (category !== NONE) batch.addLiteral(record, path.category, category);
    const isLogin = json.isText(EVENT_NAME) && equals(bytes, actionFrom, actionTo, CONSOLE_LOGIN);
    const refused = isLogin && json.isText(LOGIN_RESULT) && !this.#says(bytes, LOGIN_RESULT, SUCCESS_TEXT);
    batch.addLiteral(record, path.outcome, failed || refused ? FAILURE : SUCCESS);
    if (!isLogin) return;
    json.addText(batch, record, path.loginTo, LOGIN_TO);
    if (json.isText(LOGIN_MFA))
      batch.addLiteral(record, path.loginMfa, this.#says(bytes, LOGIN_MFA, NO_TEXT) ? NO : YES);
    if (json.isText(LOGIN_MOBILE))
      batch.addLiteral(record, path.loginMobile, this.#says(bytes, LOGIN_MOBILE, NO_TEXT) ? NO : YES);
  }

  #addTls(batch: RecordBatch, record: number, bytes: Buffer): void {
    const from = this.#json.from[TLS] + 1;
    const to = this.#json.to[TLS] - 1;
    const isTls = startsWith(bytes, from, to, TLS_PREFIX);
    if (isTls) batch.addLiteral(record, path.tlsProtocol, TLS_NAME);
    batch.addString(record, path.tlsVersion, isTls ? from + TLS_PREFIX.length : from, to);
  }

  #addDigest(batch: RecordBatch, record: number, bytes: Buffer): void {
    const json = this.#json;
    for (let i = 0; i < digestTexts.slots.length; i++)
      json.addText(batch, record, digestTexts.paths[i], digestTexts.slots[i]);
    for (let i = 0; i < digestObjects.slots.length; i++)
      json.addNested(batch, record, digestObjects.paths[i], digestObjects.slots[i]);
    for (let i = 0; i < digestTimes.slots.length; i++) {
      const time = this.#readTime(bytes, digestTimes.slots[i]);
      if (!Number.isNaN(time)) batch.addTime(record, digestTimes.paths[i], time);
    }
  }

  #addOther(batch: RecordBatch, record: number): void {
    const members = Object.entries(this.#json.value(ROOT) as object).filter(
      ([member, value]) => !isExpected(member, value),
    );
    if (members.length > 0) batch.addDerived(record, path.other, Object.fromEntries(members));
  }

  #readTime(bytes: Buffer, slot: number): number {
    if (!this.#json.isText(slot)) return Number.NaN;
    const to = this.#json.to[slot] - 1;
    const time = this.#time.iso(bytes, this.#json.from[slot] + 1, to);
    return this.#time.end === to ? time : Number.NaN;
  }

  #says(bytes: Buffer, slot: number, text: Uint8Array): boolean {
    return equals(bytes, this.#json.from[slot] + 1, this.#json.to[slot] - 1, text);
  }
}

const RESOURCE_MEMBERS = new Map([
  ["ARN", "arn"],
  ["accountId", "account_id"],
]);

/** Resources with the names of their members as fields have them. */
function resourcesOf(resources: unknown): object {
  if (!Array.isArray(resources)) return resources as object;
  return resources.map((resource: unknown) =>
    typeof resource === "object" && resource !== null
      ? Object.fromEntries(
          Object.entries(resource).map(([member, value]) => [RESOURCE_MEMBERS.get(member) ?? member, value]),
        )
      : resource,
  );
}

/** A value without the nulls, empty texts, objects and lists in it; undefined when nothing is left. */
function withoutEmpty(value: unknown): object | string | number | boolean | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value !== "object") return value as string | number | boolean;
  const entries = Object.entries(value).flatMap(([key, member]) => {
    const kept = withoutEmpty(member);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  if (entries.length === 0) return undefined;
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}
