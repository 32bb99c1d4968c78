import { createRedaction, REDACTED } from "@belfry/core/canaries/redaction";
import { fillTemplate } from "@belfry/core/canaries/run-secrets";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const NONE = { headers: [], urlParameters: [] };
const secret = fc
  .string({ minLength: 4, maxLength: 40, unit: "grapheme" })
  // What the HAR below says by itself is no secret.
  .filter((text) => text.trim() === text && !`${REDACTED} entries request https headers name value text`.includes(text))
  .filter((text) => text.length >= 4);
const around = fc.string({ maxLength: 20 });

/** The ways in which a target, a browser or a library may repeat what it was sent. */
const FORMS: readonly ((value: string) => string)[] = [
  (value) => value,
  encodeURIComponent,
  (value) => new URLSearchParams({ x: value }).toString().slice(2),
  (value) => JSON.stringify(value).slice(1, -1),
  (value) => Buffer.from(value).toString("base64"),
  (value) => Buffer.from(value).toString("base64url"),
  (value) => Buffer.from(value).toString("hex"),
];

describe("redaction", () => {
  test("leaves no secret in any form, wherever it stands", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom(...FORMS), around, around, (value, form, before, after) => {
        const redaction = createRedaction(NONE);
        redaction.add(value);
        const text = `${before} ${form(value)} ${after}`;
        expect(redaction.text(text)).not.toContain(form(value));
        const har = {
          log: {
            entries: [
              {
                request: { url: `https://a.test/?q=${encodeURIComponent(value)}`, headers: [{ name: "x", value }] },
                text,
              },
            ],
          },
        };
        const written = JSON.stringify(redaction.json(har));
        expect(written).not.toContain(JSON.stringify(value).slice(1, -1));
        expect(written).not.toContain(encodeURIComponent(value));
      }),
    );
  });

  test("leaves texts without secrets as they are", () => {
    const redaction = createRedaction(NONE);
    redaction.add("tok-4711-planted");
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ,.]{0,80}$/), (text) => {
        expect(redaction.text(text)).toBe(text);
      }),
    );
  });

  test("masks all of a URL's password, also one that holds an @, and of web sockets too", () => {
    const { text } = createRedaction(NONE);
    expect(text("at https://ada:p@ss@shop.test/a?b=c@d, then")).toBe("at https://REDACTED@shop.test/a?b=c@d, then");
    expect(text("no wss://shop.test/live?token=abc here")).toBe("no wss://shop.test/live?token=REDACTED here");
  });

  test("masks headers, cookies and parameters whose names say that they are secret, and those that the canary names", () => {
    const redaction = createRedaction({ headers: ["X-Tenant"], urlParameters: ["customer"] });
    const har = {
      request: {
        url: "https://me:word@a.test/?customer=7&page=2&access_token=abc#id_token=def",
        headers: [
          { name: "Authorization", value: "Digest abc" },
          { name: "x-tenant", value: "t1" },
          { name: "Accept", value: "*/*" },
        ],
        cookies: [{ name: "lang", value: "de" }],
        queryString: [
          { name: "customer", value: "7" },
          { name: "page", value: "2" },
        ],
      },
    };
    expect(redaction.json(har)).toEqual({
      request: {
        url: `https://${REDACTED}@a.test/?customer=${REDACTED}&page=2&access_token=${REDACTED}#id_token=${REDACTED}`,
        headers: [
          { name: "Authorization", value: REDACTED },
          { name: "x-tenant", value: REDACTED },
          { name: "Accept", value: "*/*" },
        ],
        cookies: [{ name: "lang", value: REDACTED }],
        queryString: [
          { name: "customer", value: REDACTED },
          { name: "page", value: "2" },
        ],
      },
    });
  });

  test("masks what errors quote of headers and URLs", () => {
    const redaction = createRedaction(NONE);
    const text = redaction.text(
      'GET https://u:p@a.test/x?api_key=k1&a=b failed; Authorization: Bearer abc.def; {"cookie":"sid=9"} Bearer zzzzzzzz',
    );
    for (const leaked of ["u:p", "k1", "abc.def", "sid=9", "zzzzzzzz"]) expect(text).not.toContain(leaked);
    expect(text).toContain("a=b");
  });

  test("of everything masks every header", () => {
    expect(createRedaction({ headers: ["*"], urlParameters: ["*"] }).header("Accept", "*/*")).toBe(REDACTED);
  });
});

describe("templates", () => {
  test("are filled in once: what was filled in is not read again", () => {
    const name = fc.stringMatching(/^[A-Za-z]\w{0,8}$/);
    return fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.string({ maxLength: 20 })), around, async (variables, text) => {
        const plain = text.replaceAll("$", "");
        const names = Object.keys(variables);
        const template = names.map((one) => `${plain}\${${one}}`).join("");
        const expected = names.map((one) => plain + variables[one]).join("");
        const none = () => Promise.reject(new Error("read a secret"));
        expect(await fillTemplate(template, variables, none)).toBe(expected);
      }),
    );
  });

  test.each([
    ["${secret:a}", "<a>"],
    ["${AWS_SECRET:shop:key}", "<AWS_SECRET:shop:key>"],
    [
      "x${secret:arn:aws:secretsmanager:eu-west-1:1:secret:x-y:k}x",
      "x<arn:aws:secretsmanager:eu-west-1:1:secret:x-y:k>x",
    ],
    ["$${secret:a}", "${secret:a}"],
    ["$ {} ${", "$ {} ${"],
  ])("%s becomes %s", async (template, expected) => {
    expect(await fillTemplate(template, {}, async (name) => `<${name}>`)).toBe(expected);
  });

  test("with a variable that there is not fail", async () => {
    const filled = fillTemplate("${b}", { a: "1" }, async () => "");
    await expect(filled).rejects.toThrow(expect.objectContaining({ failureClass: "canary" }));
  });
});
