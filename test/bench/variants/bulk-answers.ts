const NEWLINE = 10;
const CREATED = 201;
const ITEM = {
  _index: "belfry-aws.cloudtrail-2026.11.22",
  _id: "0123456789abcdef0123456789abcdef",
  _version: 1,
  result: "created",
  _shards: { total: 2, successful: 1, failed: 0 },
  _seq_no: 0,
  _primary_term: 1,
  status: CREATED,
};

/**
 * The answers of a search cluster that takes everything: an item for each action, worded as OpenSearch words it. Made once for each size of
 * body, so that making them costs the measured calls nothing. https://docs.opensearch.org/latest/api-reference/document-apis/bulk/#response
 */
export class BulkAnswers {
  readonly #action: "create" | "index";
  readonly #byBytes = new Map<number, Buffer>();

  constructor(action: "create" | "index") {
    this.#action = action;
  }

  /** The answer to a body; without errors only `errors` and the items' status when the path filters for them, as a cluster does. https://docs.opensearch.org/latest/api-reference/common-parameters/#filtered-responses */
  to(body: Uint8Array | string, path = ""): Buffer {
    let answer = this.#byBytes.get(body.length);
    if (answer === undefined) {
      answer = this.#make(countLines(body) / 2, path.includes("filter_path="));
      this.#byBytes.set(body.length, answer);
    }
    return answer;
  }

  #make(items: number, isFiltered: boolean): Buffer {
    const text = JSON.stringify({ [this.#action]: isFiltered ? { status: CREATED } : ITEM });
    const head = isFiltered ? "" : '"took":30,';
    return Buffer.from(`{${head}"errors":false,"items":[${Array(items).fill(text).join(",")}]}`);
  }
}

function countLines(body: Uint8Array | string): number {
  const bytes = Buffer.from(body);
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
