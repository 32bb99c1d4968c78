/** Bytes that must be readable after a payload, so that copies may run over in steps of eight. */
export const SLACK = 16;

/** What a service handed over as one unit and wants answered as one: a Kinesis or Firehose record, an SQS message, an S3 object, a Lambda payload. */
export interface DeliveryItem {
  /** The id that the service wants back: sequence number, recordId, messageId. */
  readonly id: string;
  /** Where it came from, for people: `kinesis:<stream>/<shard>:<sequence>`, `s3://bucket/key`. */
  readonly origin: string;
}

/** Valid UTF-8 bytes of one delivery item (or a window of them), with SLACK readable bytes behind them. */
export interface Payload {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly item: DeliveryItem;
}

/** Bytes as a payload: copied only when there is no slack behind them. Bytes that are not UTF-8 must have been mended before. */
export function payloadOf(bytes: Buffer, item: DeliveryItem): Payload {
  let padded = bytes;
  if (bytes.buffer.byteLength - bytes.byteOffset < bytes.length + SLACK) {
    padded = Buffer.allocUnsafeSlow(bytes.length + SLACK).subarray(0, bytes.length);
    bytes.copy(padded);
  }
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length + SLACK);
  return { bytes: padded, view, item };
}
