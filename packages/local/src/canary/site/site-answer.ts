/** How an answer of the site is: of a good page unless it says otherwise. */
export interface SiteAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection: broken before the answer, or in its middle, or left open without an answer. */
  readonly fault?: "reset" | "truncated" | "hang";
  readonly delayMs?: number;
}

/** What a page is made by. */
export interface SiteRequest {
  readonly path: string;
  readonly method: string;
  readonly cookie: string;
  readonly body: string;
  readonly form: URLSearchParams;
  /** Of the server from which pages fetch across origins. */
  readonly apiOrigin: string;
}

/** Pages by path. */
export type SitePages = Readonly<Record<string, (request: SiteRequest) => SiteAnswer>>;

/** A page's HTML; its heading is its title. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;
}

/** An answer of an API. */
export function json(value: unknown, status = 200): SiteAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
