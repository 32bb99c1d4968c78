import { createSign } from "node:crypto";
import { refusalOfSns } from "@belfry/core/alerts/channels/sns-signature";
import { beforeEach, describe, expect, it } from "vitest";
import { NOW_MS } from "../../../../support/notifications.ts";
import { type SelfSigned, selfSigned } from "../../../../support/self-signed.ts";

const HOUR_MS = 3_600_000;
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms";
const CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
const signal = new AbortController().signal;
const ours = selfSigned(new Date(NOW_MS - HOUR_MS), new Date(NOW_MS + 24 * HOUR_MS));
const theirs = selfSigned(new Date(NOW_MS - HOUR_MS), new Date(NOW_MS + HOUR_MS));

let asked: string[];
beforeEach(() => {
  asked = [];
});

type Message = Record<string, string>;

/** What SNS signs is written out here by hand, as its guide does. */
function signed(changes: Message = {}, { privateKey }: SelfSigned = ours): Message {
  const message: Message = {
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: TOPIC,
    Subject: "ALARM",
    Message: '{"AlarmName":"orders-5xx"}',
    Timestamp: new Date(NOW_MS).toISOString(),
    SignatureVersion: "2",
    SigningCertURL: CERTIFICATE,
    ...changes,
  };
  const subject = message.Subject === "" ? "" : `Subject\n${message.Subject}\n`;
  const middle =
    message.Type === "Notification"
      ? `${subject}Timestamp\n${message.Timestamp}\n`
      : `SubscribeURL\n${message.SubscribeURL}\nTimestamp\n${message.Timestamp}\nToken\n${message.Token}\n`;
  const text = `Message\n${message.Message}\nMessageId\n${message.MessageId}\n${middle}TopicArn\n${message.TopicArn}\nType\n${message.Type}\n`;
  const algorithm = message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
  if (message.Subject === "") delete message.Subject;
  return { ...message, Signature: createSign(algorithm).update(text).sign(privateKey, "base64") };
}

function verdict(message: unknown, nowMs = NOW_MS, pem = ours.pem) {
  const readCertificate = async (url: URL) => {
    asked.push(url.href);
    return pem;
  };
  return refusalOfSns(message, { topicArns: [TOPIC], readCertificate, clock: { now: () => nowMs } }, signal);
}

describe("a message of SNS", () => {
  it.each([
    ["version 2", {}],
    ["version 1", { SignatureVersion: "1" }],
    ["without a subject", { Subject: "" }],
    [
      "a confirmation",
      { Type: "SubscriptionConfirmation", SubscribeURL: "https://sns.eu-west-1.amazonaws.com/?x", Token: "t" },
    ],
  ])("is taken: %s", async (_, changes) => {
    expect(await verdict(signed(changes))).toBeUndefined();
    expect(asked).toEqual([CERTIFICATE]);
  });

  it.each([
    ["another text", { ...signed(), Message: "{}" }],
    ["another subject", { ...signed(), Subject: "OK" }],
    ["no subject any more", { ...signed(), Subject: undefined }],
    ["another time", { ...signed(), Timestamp: new Date(NOW_MS + 1).toISOString() }],
    ["no signature", { ...signed(), Signature: "" }],
    ["signed by somebody else", signed({}, theirs)],
    ["the digest of the other version", { ...signed(), SignatureVersion: "1" }],
  ])("is forged: %s", async (_, message) => {
    expect(await verdict(message)).toBe("forged");
  });

  it.each([
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
    "https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/?Action=GetAnything",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem/../other",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://my-bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "no address",
  ])("is refused, and nothing fetched, for the certificate of %s", async (SigningCertURL) => {
    expect(await verdict(signed({ SigningCertURL }))).toBe("unknown certificate");
    expect(asked).toEqual([]);
  });

  it("is refused from other topics, signed by AWS or not", async () => {
    const TopicArn = "arn:aws:sns:eu-west-1:444455556666:evil";
    expect(await verdict(signed({ TopicArn }))).toBe("unknown topic");
    expect(asked).toEqual([]);
  });

  it("is refused when it is old, or of no time", async () => {
    expect(await verdict(signed(), NOW_MS + HOUR_MS + 1)).toBe("outside its time");
    expect(await verdict(signed(), NOW_MS - HOUR_MS)).toBe("outside its time");
    expect(await verdict(signed({ Timestamp: "soon" }))).toBe("outside its time");
  });

  it("is refused by a certificate that is over, or is none", async () => {
    const late = NOW_MS + 2 * HOUR_MS;
    expect(await verdict(signed({ Timestamp: new Date(late).toISOString() }, theirs), late, theirs.pem)).toBe(
      "unknown certificate",
    );
    expect(await verdict(signed(), NOW_MS, "<html>")).toBe("unknown certificate");
  });

  it.each([[null], ["text"], [{}], [{ ...signed(), Type: "toString" }], [{ ...signed(), SignatureVersion: "3" }]])(
    "is none: %j",
    async (message) => {
      expect(await verdict(message)).toBe("not a message of SNS");
    },
  );
});
