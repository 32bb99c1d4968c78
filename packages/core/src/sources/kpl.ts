import { createHash } from "node:crypto";

// A record that the Kinesis Producer Library packed: four magic bytes, a protobuf message, and the MD5 of the message.
// https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const MD5_LENGTH = 16;
// Field numbers of the message: 1 and 2 are the tables of partition and hash keys, 3 the records; in a record 3 is the data.
const RECORDS_FIELD = 3;
const DATA_FIELD = 3;
const LENGTH_DELIMITED = 2;

/** The user records in a KPL-aggregated record, in order; undefined when the bytes are not aggregated (or their checksum says they only look so). */
export function deaggregate(bytes: Buffer): Buffer[] | undefined {
  if (bytes.length < MAGIC.length + MD5_LENGTH || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const message = bytes.subarray(MAGIC.length, bytes.length - MD5_LENGTH);
  const digest = createHash("md5").update(message).digest();
  if (!digest.equals(bytes.subarray(bytes.length - MD5_LENGTH))) return undefined;
  const records: Buffer[] = [];
  for (const field of fields(message)) {
    if (field.number !== RECORDS_FIELD || field.bytes === undefined) continue;
    for (const part of fields(field.bytes)) {
      if (part.number === DATA_FIELD && part.bytes !== undefined) records.push(part.bytes);
    }
  }
  return records;
}

interface ProtobufField {
  readonly number: number;
  readonly bytes?: Buffer;
}

/** The fields of a protobuf message; stops at the first byte that is none. https://protobuf.dev/programming-guides/encoding/ */
function* fields(message: Buffer): Generator<ProtobufField> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = varint(message, cursor);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === LENGTH_DELIMITED) {
      const length = varint(message, cursor);
      if (!(cursor.at + length <= message.length)) return;
      yield { number, bytes: message.subarray(cursor.at, cursor.at + length) };
      cursor.at += length;
    } else if (wireType === 0) {
      varint(message, cursor);
      yield { number };
    } else return;
  }
}

function varint(message: Buffer, cursor: { at: number }): number {
  let value = 0;
  for (let factor = 1; cursor.at < message.length; factor *= 128) {
    const byte = message[cursor.at++];
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
  return Number.NaN;
}
