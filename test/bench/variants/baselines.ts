import { gunzipSync } from "node:zlib";
import type { KinesisStreamRecord } from "aws-lambda";
import type { LogsPayload } from "../generate.ts";
import type { Variant } from "./variant.ts";

const TRAILER_BYTES = 4;
const MIN_CHUNK = 64;

/** Inflating alone, into one chunk whose size the trailer tells: the least that any code must do. */
export const gunzip: Variant = {
  run(event) {
    for (const record of event.Records) {
      const bytes = Buffer.from(record.kinesis.data, "base64");
      gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - TRAILER_BYTES) + MIN_CHUNK });
    }
  },
};

/** Decoding as every tutorial does it: base64, `gunzipSync`, text, `JSON.parse` of the envelope. */
export const decode: Variant = {
  run(event) {
    for (const record of event.Records) decodeRecord(record);
  },
};

/** The smallest correct forwarder: decoding, and one JSON line for each log event, message and origin in it, as bytes. */
export const floor: Variant = {
  run(event) {
    const parts = [];
    for (const record of event.Records) {
      const { owner, logGroup, logStream, logEvents } = decodeRecord(record);
      const lines = [];
      for (const { id, timestamp, message } of logEvents) {
        lines.push(JSON.stringify({ id, timestamp, message, owner, logGroup, logStream }));
      }
      parts.push(Buffer.from(`${lines.join("\n")}\n`));
    }
    Buffer.concat(parts);
  },
};

function decodeRecord(record: KinesisStreamRecord): LogsPayload {
  return JSON.parse(gunzipSync(Buffer.from(record.kinesis.data, "base64")).toString());
}
