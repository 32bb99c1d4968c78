import { pathId } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { JsonLog } from "./json-log.ts";
import { ROOT } from "./json-shape.ts";
import type { Parser } from "./parser.ts";

const APP = pathId("app");

/** Any JSON object: whole as `app`, and the ECS fields that are found in it. */
export class JsonParser implements Parser {
  readonly dataset = "app.json";
  readonly #log = new JsonLog();

  parse(batch: RecordBatch, record: number): boolean {
    const { json } = this.#log;
    if (!json.scanRecord(batch, record)) return false;
    json.addNested(batch, record, APP, ROOT);
    this.#log.addFields(batch, record);
    return true;
  }
}
