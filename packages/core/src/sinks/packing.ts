/** What a service takes in one call. */
export interface PackLimits {
  /** Bytes of one packed record; a document alone may be as large as `maxDocumentBytes`. */
  readonly maxRecordBytes: number;
  readonly maxDocumentBytes: number;
  readonly maxRecords: number;
  readonly maxCallBytes: number;
  /** Bytes that each record takes in a call besides its data: its partition key. */
  readonly overheadBytes: number;
}

/** Documents [from, to) of a list, in one record. */
export interface Pack {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/**
 * Packs documents, given by their lengths in bytes, into records in their order: as many as fit in each, because services bill and limit by the
 * record. No document may be longer than `maxDocumentBytes`.
 */
export function packDocuments(lengths: readonly number[], limits: PackLimits): Pack[] {
  const packs: Pack[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i];
    if (i > from && bytes + length > limits.maxRecordBytes) {
      packs.push({ from, to: i, bytes });
      from = i;
      bytes = 0;
    }
    bytes += length;
  }
  if (from < lengths.length) packs.push({ from, to: lengths.length, bytes });
  return packs;
}

/** Groups records into calls, in their order. */
export function groupIntoCalls<T extends { readonly bytes: number }>(records: readonly T[], limits: PackLimits): T[][] {
  const calls: T[][] = [];
  let call: T[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.bytes + limits.overheadBytes;
    if (call.length === limits.maxRecords || (call.length > 0 && bytes + size > limits.maxCallBytes)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(record);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}

/** The documents of a packed record: JSON lines, each ended by a newline. */
export function unpackDocuments(packed: Buffer): string[] {
  const lines = packed.toString("utf8").split("\n");
  return lines.slice(0, -1);
}
