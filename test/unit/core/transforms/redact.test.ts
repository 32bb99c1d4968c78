import { ConfigSchema } from "@belfry/core/config/schema";
import { pathId } from "@belfry/core/event/field-path";
import { createRedact } from "@belfry/core/transforms/redact";
import { describe, expect, it } from "vitest";
import { documentFor, parsedBatch, redacted, redactRules } from "../../../support/redacted.ts";

const CARD = "4111111111111111";
const KEY_ID = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

describe("redaction of e-mail addresses", () => {
  it.each([
    ["no mailbox for jane.doe+x@mail.example.com.", "no mailbox for ***************************."],
    ["<jane@example.com>", "<****************>"],
    ["mailto:jane@example.com?subject=x", "mailto:****************?subject=x"],
    ["/unsubscribe?to=jane%40example.com&x=1", "/unsubscribe?to=******************&x=1"],
    ["postgres://admin:s3cr3t@db.example.com:5432/x", "postgres://admin:*********************:5432/x"],
    ["jane@example.com,joe@example.org", "****************,***************"],
    ["이메일은jane@example.com입니다", "이메일은****************입니다"],
  ])("masks the address in %s", (text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it.each(["installed lodash@4.17.21", "@belfry/core", "user@host", "git@", "a @ b.com", "react@18.2.0-rc.1"])(
    "leaves %s",
    (text) => {
      expect(redacted(text)).toBe(text);
    },
  );
});

describe("redaction of card numbers", () => {
  it.each([
    [`paid with ${CARD} today`, "paid with **************** today"],
    ["4111 1111 1111 1111", "*******************"],
    ["4111-1111-1111-1111 ok", "******************* ok"],
    ["amex 3782 822463 10005.", "amex *****************."],
    ["diners 3056 930902 5904", "diners ****************"],
    ["378282246310005", "***************"],
    ["4222222222222", "*************"],
    ["6304000000000000000 maestro", "******************* maestro"],
    [`card${CARD}`, "card****************"],
    [`%20${CARD}`, "%20****************"],
    ["41 4111 1111 1111 1111 3", "41 ******************* 3"],
    ["cvv 4111 1111 1111 1111 123", "cvv ******************* 123"],
  ])("masks the number in %s", (text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it.each([
    ["a number that fails the Luhn check", "4111111111111112"],
    ["a number that no issuer uses", "1234567812345670"],
    ["a number in a longer run of digits", `9${CARD}9999`],
    ["a part of a decimal number", `0.${CARD}`],
    ["a part of a hash in hexadecimal", `ab${CARD}cd`],
    ["epoch milliseconds", "1764000000000"],
    ["a UUID of digits", "41111111-1111-1111-1111-111111111111"],
    ["a date and a time", "2026-11-22 03:00:00 4111 1111"],
    ["dashes and blanks mixed", "4111-1111 1111-1111"],
  ])("leaves %s", (_, text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe("redaction of AWS keys", () => {
  it("keeps the ends of access key ids, so that people can tell them apart", () => {
    expect(redacted(`using ${KEY_ID}, ASIAIOSFODNN7EXAMPL2`)).toBe("using AKIA************MPLE, ASIA************MPL2");
  });

  it.each([
    ["eyJ", ""],
    ["eyJhbGciOiJIUzI1NiJ9.", ""],
    ["eyJhbGciOiJIUzI1NiJ9-", "_x.y"],
  ])("finds access key ids between %s and %s, which begins like a token and is none", (before, behind) => {
    expect(redacted(`id ${before}${KEY_ID}${behind} end`)).toBe(`id ${before}AKIA************MPLE${behind} end`);
  });

  it.each([
    `aws_secret_access_key=${SECRET_KEY}`,
    `aws_secret_access_key = ${SECRET_KEY}`,
    `{"SecretAccessKey":"${SECRET_KEY}"}`,
    `${KEY_ID}:${SECRET_KEY}`,
    `${KEY_ID},${SECRET_KEY}\r\n`,
    `key: ${SECRET_KEY}`,
  ])("masks the secret in %s", (text) => {
    const masked = redacted(text, { tokens: false });
    expect(masked).not.toContain(SECRET_KEY.slice(0, 8));
    expect(masked).toContain("*".repeat(SECRET_KEY.length));
  });

  it.each([
    ["a SHA-1", "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"],
    ["a SHA-1 behind a word that ends in key", "cache-key=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"],
    ["an object's key", "key=raw/dt=2026-11-22/part-00001-x.parquet"],
    ["40 characters of base64 with nothing before them", SECRET_KEY],
    ["a principal id", "AROAIOSFODNN7EXAMPLE"],
  ])("leaves %s", (_, text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe("redaction of tokens", () => {
  it.each([
    [`validating ${JWT}.`, `validating ${"*".repeat(JWT.length)}.`],
    ["Authorization: Bearer abc.DEF-123_456", "Authorization: Bearer ***************"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ************"],
    ["sent bearer header: Bearer 0123456789abcdef", "sent bearer header: Bearer ****************"],
    ["login password=hunter2 ok", "login password=******* ok"],
    ["PASSWORD: hunter2", "PASSWORD: *******"],
    ["db_password='my secret' next", "db_password='*********' next"],
    ["/cb?access_token=abc123&state=x", "/cb?access_token=******&state=x"],
    ["client-secret => s3cr3t!", "client-secret => *******"],
    ['x "apiKey" : "a b c"', 'x "apiKey" : "*****"'],
    ["user(name=jane, password=a1b2)", "user(name=jane, password=****)"],
  ])("masks the secret in %s", (text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it.each([
    "Basic authentication is required",
    "Bearer tokens are refused",
    "invalid token: expired",
    "password: required",
    "password=",
    "token=null",
    "max_tokens=4096 token=12",
    '{"nextToken":"AAMA-EFRSURBSGhBWm"}',
    '{"clientRequestToken":"0b1c"}',
    "secretary=jane",
    "password=*******",
  ])("leaves %s", (text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe("redaction in JSON", () => {
  const cases: [string, string][] = [
    [String.raw`{"a":"x\nbob@x.com"}`, String.raw`{"a":"x\n*********"}`],
    [String.raw`{"a":"\u00e9bob@x.com"}`, String.raw`{"a":"\u00e9*********"}`],
    [String.raw`{"a":"bob\u0040x.com"}`, `{"a":"${"*".repeat(14)}"}`],
    [String.raw`{"a":"\u0034111 1111 1111 1111"}`, `{"a":"${"*".repeat(24)}"}`],
    [String.raw`{"a":"\u0020${CARD}\u0020"}`, String.raw`{"a":"\u0020****************\u0020"}`],
    [String.raw`{"a":"\b${CARD}"}`, String.raw`{"a":"\b****************"}`],
    [`{"card":${CARD}}`, '{"card":null            }'],
    [`{"card": [1,${CARD} ,2]}`, '{"card": [1,null             ,2]}'],
    [`{"card":"${CARD}"}`, '{"card":"****************"}'],
    [`{"x":-0.${CARD},"y":${CARD}}`, `{"x":-0.${CARD},"y":null            }`],
    ['{"password":"a\\"b\\\\","next":1}', '{"password":"******","next":1}'],
    ['{"password":123456}', '{"password":null  }'],
    ['{"pwd":12}', '{"pwd":0 }'],
    ['{"password":null,"token":true,"secret":{"a":1}}', '{"password":null,"token":true,"secret":{"a":1}}'],
    [
      String.raw`{"body":"{\"password\":\"a\\\"b\",\"n\":1}"}`,
      String.raw`{"body":"{\"password\":\"******\",\"n\":1}"}`,
    ],
    [String.raw`{"log":"token=abc\u0026x=1"}`, String.raw`{"log":"token=***\u0026x=1"}`],
    [String.raw`{"log":"password=ab\"c"}`, String.raw`{"log":"password=**\"c"}`],
    [
      String.raw`{"log":"Authorization: Bearer abc\r\nHost: x"}`,
      String.raw`{"log":"Authorization: Bearer ***\r\nHost: x"}`,
    ],
    ['{"bob@x.com":1,"eve@x.com":2}', '{"********1":1,"********2":2}'],
  ];
  it.each(cases)("masks %s and leaves it JSON", (text, expected) => {
    const masked = redacted(text);
    expect(masked).toBe(expected);
    expect(() => JSON.parse(masked)).not.toThrow();
  });

  it("takes a number that no JSON field copies for text", () => {
    expect(redacted(`charged ${CARD}`)).toBe("charged ****************");
  });
});

describe("redaction of what parsers found", () => {
  it("masks values that a parser noted as sensitive", () => {
    const batch = parsedBatch(['{"pin":"1234","n":987654}']);
    batch.markSensitive(0, 7 + batch.start[0], 13 + batch.start[0]);
    batch.markSensitive(0, 18 + batch.start[0], 24 + batch.start[0]);
    createRedact(redactRules()).apply(batch);
    expect(batch.messageOf(0)).toBe('{"pin":"****","n":null  }');
  });

  it("masks derived values: what is found in them, and what was masked in the message they come from", () => {
    const batch = parsedBatch(["login password=hunter2&x for jane"]);
    batch.addDerived(0, pathId("app.params"), {
      password: "hunter2",
      to: "jane@example.com",
      n: 4111111111111111,
      x: ["ab hunter2"],
    });
    createRedact(redactRules()).apply(batch);
    expect(documentFor(batch, 0).app).toEqual({
      params: { password: "*******", to: "****************", n: null, x: ["ab *******"] },
    });
  });
});

describe("rules of redaction", () => {
  it("masks the user's own texts, also where JSON escapes them", () => {
    const rules = { literals: ['say "hi"', "Ünïcode", "nbob"] };
    expect(redacted('they say "hi" to Ünïcode', rules)).toBe("they ******** to *********");
    expect(redacted(String.raw`{"a":"say \"hi\"","b":"\nbob","c":"\u00dcn\u00efcode"}`, rules)).toBe(
      String.raw`{"a":"**********","b":"\n***","c":"\u00dcn\u00efcode"}`,
    );
  });

  it("masks what the user's regular expressions match, at the right bytes behind other letters", () => {
    const rules = { expressions: [String.raw`ORD-\d+`, "(?<=김)철수"] };
    expect(redacted("주문 ORD-123 김철수 ORD-4", rules)).toBe("주문 ******* 김****** *****");
    expect(redacted('{"order":"ORD-12","n":{"ORD-1":2}}', rules)).toBe('{"order":"******","n":{"****2":2}}');
  });

  it("does not break JSON when an expression matches more than a value", () => {
    const masked = redacted('{"ssn":123456789,"x":"a","y":"b"}', { expressions: ['"ssn":\\d+,"x":"a"'] });
    expect(JSON.parse(masked)).toEqual({ ssn: null, x: "*", y: "b" });
  });

  it("finds texts in each of a batch's records", () => {
    const batch = parsedBatch(["alpha one", "two", "three alpha", "alpha alpha"]);
    createRedact(redactRules({ literals: ["alpha"] })).apply(batch);
    expect([0, 1, 2, 3].map((record) => batch.messageOf(record))).toEqual([
      "***** one",
      "two",
      "three *****",
      "***** *****",
    ]);
  });

  it("can be switched off kind by kind", () => {
    const text = `jane@example.com ${CARD} ${KEY_ID} password=hunter2`;
    expect(redacted(text, { email: false, cards: false, awsKeys: false, tokens: false })).toBe(text);
    expect(redacted(text, { cards: false, awsKeys: false, tokens: false })).toBe(
      text.replace("jane@example.com", "****************"),
    );
  });

  it("does not search data sets that are excepted", () => {
    expect(redacted("jane@example.com", {}, "aws.vpcflow")).toBe("jane@example.com");
    expect(redacted("jane@example.com", { except: ["app.text"] })).toBe("jane@example.com");
  });

  it("leaves in a trail who did what, and masks its secrets", () => {
    const trail = `{"userName":"jane@example.com","accessKeyId":"${KEY_ID}","sessionToken":"IQoJb3JpZ2luX2Vj","card":"${CARD}"}`;
    const masked = trail.replace("IQoJb3JpZ2luX2Vj", "****************").replace(CARD, "****************");
    expect(redacted(trail, {}, "aws.cloudtrail")).toBe(masked);
  });

  it("touches no record that a rule has dropped", () => {
    const batch = parsedBatch(["jane@example.com", "joe@example.com"]);
    batch.fates.drop(0, "rule");
    createRedact(redactRules()).apply(batch);
    expect([batch.messageOf(0), batch.messageOf(1)]).toEqual(["jane@example.com", "***************"]);
  });

  it("keeps the original for the quarantine", () => {
    const message = `{"a":"jane@example.com","password":"jane@example.com","n":${CARD}}`;
    const batch = parsedBatch([message, "x"]);
    createRedact(redactRules({ literals: ["example"] })).apply(batch);
    expect(batch.messageOf(0)).not.toBe(message);
    expect(batch.originalOf(0).toString()).toBe(message);
  });

  it("has every kind on by default", () => {
    expect(ConfigSchema.parse({}).redact).toMatchObject({ email: true, cards: true, awsKeys: true, tokens: true });
  });
});
