/**
 * Where Lambda goes on after an answer: the index of the first record to be sent again, or the number of records when all are done.
 * Nothing, null and an empty list are success; an identifier that is null, empty or not of this batch fails the batch as a whole.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function checkpointOf(response: unknown, sequenceNumbers: readonly string[]): number {
  const failures = isObject(response) ? response.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return sequenceNumbers.length;
  if (!Array.isArray(failures)) return 0;
  let lowest = sequenceNumbers.length;
  for (const failure of failures) {
    const identifier = isObject(failure) ? failure.itemIdentifier : undefined;
    const index = typeof identifier === "string" ? sequenceNumbers.indexOf(identifier) : -1;
    if (index < 0) return 0;
    lowest = Math.min(lowest, index);
  }
  return lowest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
