import type { FilterReader } from "./filter-reader.ts";

/** A condition over what a message was read as: a JSON value, or the fields of a line. */
export type Condition<Subject> = (subject: Subject) => boolean;

/** Reads conditions joined by `||` and `&&`, of which `&&` binds more tightly, and parentheses. */
export function readConditions<Subject>(
  reader: FilterReader,
  readOne: (reader: FilterReader) => Condition<Subject>,
): Condition<Subject> {
  const alternatives = [readAll(reader, readOne)];
  while (reader.take("||")) alternatives.push(readAll(reader, readOne));
  return alternatives.length === 1 ? alternatives[0] : (subject) => alternatives.some((holds) => holds(subject));
}

function readAll<Subject>(
  reader: FilterReader,
  readOne: (reader: FilterReader) => Condition<Subject>,
): Condition<Subject> {
  const parts = [readTerm(reader, readOne)];
  while (reader.take("&&")) parts.push(readTerm(reader, readOne));
  return parts.length === 1 ? parts[0] : (subject) => parts.every((holds) => holds(subject));
}

function readTerm<Subject>(
  reader: FilterReader,
  readOne: (reader: FilterReader) => Condition<Subject>,
): Condition<Subject> {
  if (!reader.take("(")) return readOne(reader);
  const inside = readConditions(reader, readOne);
  if (!reader.take(")")) reader.refuse("expected )");
  return inside;
}
