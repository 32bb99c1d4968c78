import { CanaryFailure, failureOf } from "@belfry/core/canaries/failure";
import { expect, test } from "vitest";

const withCode = (code: string) => Object.assign(new Error("no"), { code });

test.each([
  [withCode("ENOTFOUND"), "dns"],
  [withCode("EAI_AGAIN"), "dns"],
  [withCode("ESERVFAIL"), "dns"],
  [withCode("CERT_HAS_EXPIRED"), "tls"],
  [withCode("DEPTH_ZERO_SELF_SIGNED_CERT"), "tls"],
  [withCode("ERR_TLS_CERT_ALTNAME_INVALID"), "tls"],
  [withCode("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "tls"],
  [withCode("ERR_SSL_WRONG_VERSION_NUMBER"), "tls"],
  [withCode("ETIMEDOUT"), "timeout"],
  [withCode("ECONNREFUSED"), "target"],
  [withCode("ECONNRESET"), "target"],
  [withCode("HPE_INVALID_CONSTANT"), "target"],
  [withCode("ERR_ASSERTION"), "assertion"],
  [new Error("page.goto: net::ERR_NAME_NOT_RESOLVED at https://x/"), "dns"],
  [new Error("page.goto: net::ERR_CERT_DATE_INVALID"), "tls"],
  [new Error("page.goto: net::ERR_CONNECTION_TIMED_OUT"), "timeout"],
  [new Error("page.goto: net::ERR_CONNECTION_REFUSED"), "target"],
  [new Error("page.goto: net::ERR_TOO_MANY_REDIRECTS"), "target"],
  [new Error("page.goto: net::ERR_BLOCKED_BY_CLIENT"), "canary"],
  [Object.assign(new Error("Timeout 30000ms exceeded"), { name: "TimeoutError" }), "timeout"],
  [new AggregateError([withCode("ECONNREFUSED"), withCode("ENOTFOUND")]), "target"],
  [new Error("outer", { cause: withCode("CERT_HAS_EXPIRED") }), "tls"],
  [new CanaryFailure("browser", "no"), "browser"],
  [new TypeError("x is undefined"), "canary"],
  ["a text", "canary"],
  [undefined, "canary"],
])("%s is of class %s", (thrown, expected) => {
  expect(failureOf(thrown).class).toBe(expected);
});

test("errors that are each other's cause end", () => {
  const error = new Error("round");
  error.cause = error;
  expect(failureOf(error)).toEqual({ class: "canary", message: "round" });
});
