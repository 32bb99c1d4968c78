import { gunzipSync } from "node:zlib";

/** One action of a bulk request with its document. */
export interface BulkAction {
  readonly index: string;
  readonly id: string;
  readonly document: string;
}

export interface BulkRequest {
  readonly actions: readonly BulkAction[];
  /** Bytes of the body before compression. */
  readonly bytes: number;
  readonly compressed: boolean;
}

export interface Refusal {
  readonly status: number;
  readonly type?: string;
  readonly reason?: string;
}

/** What is to happen with one request: the whole is refused, or single items are (undefined: taken), or the answer is none of a bulk request. */
export type Script =
  | { readonly whole: Refusal }
  | { readonly items: (action: BulkAction, position: number) => Refusal | undefined }
  | { readonly text: string };

const TAKE_ALL: Script = { items: () => undefined };

/** Behaves as OpenSearch's `_bulk` does for `create`: keeps documents by index and id, answers 409 for those it has, and refuses by script. */
export class BulkStore {
  /** By `<index>/<id>`: the document. */
  readonly documents = new Map<string, string>();
  readonly requests: BulkRequest[] = [];
  /** What happens with requests for which nothing is scripted. */
  otherwise: Script = TAKE_ALL;
  readonly #scripts: Script[] = [];

  /** Scripts the next requests, one each. */
  script(...scripts: readonly Script[]): void {
    this.#scripts.push(...scripts);
  }

  /** How often each id is stored, whatever the index. */
  countById(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const key of this.documents.keys()) {
      const id = key.slice(key.indexOf("/") + 1);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** Answers what was sent to a path that begins with `/_bulk`; one with `filter_path` as the sink asks for it, without the rest. */
  answer(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Uint8Array,
    path = "/_bulk",
  ): { status: number; body: Buffer } {
    const compressed = headers["content-encoding"] === "gzip";
    const plain = compressed ? gunzipSync(body) : Buffer.from(body);
    const actions = readActions(plain);
    this.requests.push({ actions, bytes: plain.length, compressed });
    const script = this.#scripts.shift() ?? this.otherwise;
    if ("text" in script) return { status: 200, body: Buffer.from(script.text) };
    if ("whole" in script) {
      const { status, ...error } = script.whole;
      return { status, body: Buffer.from(JSON.stringify({ error, status })) };
    }
    const items = actions.map((action, i) => this.#item(action, script.items(action, i)));
    const errors = items.some(({ create }) => create.status >= 300);
    const answer = path.includes("filter_path=") ? { errors, items: items.map(filtered) } : { took: 1, errors, items };
    return { status: 200, body: Buffer.from(JSON.stringify(answer)) };
  }

  #item(action: BulkAction, refusal: Refusal | undefined) {
    const { index, id, document } = action;
    const place = { _index: index, _id: id };
    if (refusal !== undefined) {
      const { status, type = "unknown", reason = "" } = refusal;
      return { create: { ...place, status, error: { type, reason, index } } };
    }
    if (this.documents.has(`${index}/${id}`)) {
      const reason = `[${id}]: version conflict, document already exists (current version [1])`;
      return { create: { ...place, status: 409, error: { type: "version_conflict_engine_exception", reason, index } } };
    }
    this.documents.set(`${index}/${id}`, document);
    return { create: { ...place, _version: 1, result: "created", _seq_no: 0, _primary_term: 1, status: 201 } };
  }
}

function filtered({ create }: { create: { status: number; error?: object } }) {
  const { status, error } = create;
  return { create: error === undefined ? { status } : { status, error } };
}

function readActions(body: Buffer): BulkAction[] {
  const lines = body.toString("utf8").split("\n");
  if (lines.pop() !== "") throw new Error("a bulk body must end with a newline");
  const actions: BulkAction[] = [];
  for (let i = 0; i < lines.length; i += 2) {
    const { create } = JSON.parse(lines[i]) as { create: { _index: string; _id: string } };
    actions.push({ index: create._index, id: create._id, document: lines[i + 1] });
  }
  return actions;
}
