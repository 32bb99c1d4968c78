import { datasetId } from "../event/dataset.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { CloudTrailParser } from "./cloudtrail.ts";
import { JsonParser } from "./json.ts";
import { LambdaParser } from "./lambda.ts";
import { looksLike } from "./looks.ts";
import type { Dataset, Parser } from "./parser.ts";
import { TextParser } from "./text.ts";
import { VpcFlowParser } from "./vpcflow.ts";

/** A parser with the number of its data set. */
export interface Candidate {
  readonly parser: Parser;
  readonly dataset: number;
}

export function candidateOf(parser: Parser): Candidate {
  return { parser, dataset: datasetId(parser.dataset) };
}

/** Parses records one by one as what they look like. Text takes whatever is nothing else. */
export class ByLooks {
  readonly #candidates: ReadonlyMap<Dataset, Candidate>;
  readonly #json = candidateOf(new JsonParser());
  readonly #text = candidateOf(new TextParser());

  constructor() {
    this.#candidates = new Map<Dataset, Candidate>([
      ["aws.vpcflow", candidateOf(new VpcFlowParser())],
      ["aws.cloudtrail", candidateOf(new CloudTrailParser())],
      ["aws.lambda", candidateOf(new LambdaParser({ takesAny: false }))],
      ["app.json", this.#json],
      ["app.text", this.#text],
    ]);
  }

  /** The parser that took the record; `tried` has refused it already. */
  parse(batch: RecordBatch, record: number, tried?: Candidate): Candidate {
    const guess =
      this.#candidates.get(looksLike(batch.bytesOf(record), batch.start[record], batch.end[record])) ?? this.#text;
    if (guess.dataset !== tried?.dataset && guess.parser.parse(batch, record)) return guess;
    if (guess !== this.#json && this.#json.dataset !== tried?.dataset && this.#json.parser.parse(batch, record))
      return this.#json;
    this.#text.parser.parse(batch, record);
    return this.#text;
  }
}
