import { createHash } from "node:crypto";

/** An answer to a browser or to Slack. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page: a heading, a sentence, and where something is to be confirmed a button that posts the token to the page's own address. */
export interface Page {
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  readonly confirm?: { readonly label: string; readonly token: string };
}

const STYLE =
  "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1.5rem}";

/** Nothing is loaded, run or framed, and the form goes nowhere else. The token is in the page's address: it stays out of caches and of other sites. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-robots-tag": "noindex",
};

/** The page as an answer, without a script. */
export function pageAnswer({ status, heading, text, confirm }: Page): HttpAnswer {
  const form =
    confirm === undefined
      ? ""
      : `<form method="post"><input type="hidden" name="token" value="${escaped(confirm.token)}"><button>${escaped(confirm.label)}</button></form>`;
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Belfry: ${escaped(heading)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(heading)}</h1><p>${escaped(text)}</p>${form}</body>
</html>
`;
  return { status, headers: HEADERS, body };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
