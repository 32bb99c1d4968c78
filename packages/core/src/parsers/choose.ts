import { DATASETS } from "../config/datasets.ts";
import { glob } from "../config/glob.ts";
import type { Config } from "../config/schema.ts";
import { datasetId } from "../event/dataset.ts";
import { pathId } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Resource } from "../event/resource.ts";
import type { Stream } from "../event/stream.ts";
import { BelfryError } from "../platform/errors.ts";
import { ByLooks, type Candidate, candidateOf } from "./by-looks.ts";
import { CloudTrailParser } from "./cloudtrail.ts";
import { JsonParser } from "./json.ts";
import { functionOf, knownDataset } from "./known-places.ts";
import { LambdaParser } from "./lambda.ts";
import type { Dataset, Parser } from "./parser.ts";
import { TextParser } from "./text.ts";
import { VpcFlowParser } from "./vpcflow.ts";

type Rule = Config["parsers"][number];

interface ParseOptions {
  /** Adds the message as it came as `event.original`, where it is not the document's `message` anyway. */
  readonly keepOriginal?: boolean;
}

/** What was chosen for a stream; nothing when each of its records is to be looked at. */
interface Choice {
  candidate: Candidate | undefined;
}

const TEXT = datasetId("app.text");
const ORIGINAL = pathId("event.original");
const FUNCTION_NAME = pathId("faas.name");
const FUNCTION_VERSION = pathId("faas.version");

/**
 * Makes the stage that gives every open record its data set and fields. A stream's parser is that of the first rule that fits, else the one
 * that AWS's own names of groups, streams and keys tell; without, and for what it does not take, each record is parsed by its
 * looks. Records that have a data set already are copies from the archive and stay as they are.
 */
export function createParse(rules: readonly Rule[], options: ParseOptions = {}): (batch: RecordBatch) => void {
  const { known, byLooks } = makeParsers();
  const chosen = rules.map((rule) => ({
    fits: fitting(rule),
    candidate: candidateOf(parserFor(rule.parser, rule.format)),
  }));
  const choices = new WeakMap<Stream, Choice>();
  const choose = (stream: Stream): Choice => {
    const rule = chosen.find(({ fits }) => fits(stream.resource));
    const dataset = rule === undefined ? knownDataset(stream.resource) : undefined;
    const candidate = rule?.candidate ?? (dataset === undefined ? undefined : known[dataset]);
    if (candidate?.parser.dataset === "aws.lambda") nameFunction(stream);
    return { candidate };
  };
  const choiceFor = (stream: Stream): Choice => {
    let choice = choices.get(stream);
    if (choice === undefined) {
      choice = choose(stream);
      choices.set(stream, choice);
    }
    return choice;
  };
  return (batch) => parseBatch(batch, choiceFor, byLooks, options);
}

/**
 * Makes the stage that takes every record as one data set's, and by its looks what is none of it; for tools that are told the source.
 * `format` is the order of a flow log's columns. Raises BAD_ARGUMENT for what is no data set.
 */
export function createParseAs(
  dataset: string,
  options: ParseOptions & { readonly format?: string } = {},
): (batch: RecordBatch) => void {
  const choice: Choice = { candidate: candidateOf(parserFor(dataset, options.format)) };
  const { byLooks } = makeParsers();
  return (batch) => parseBatch(batch, () => choice, byLooks, options);
}

/** A new parser for a data set; `format` is the order of a flow log's columns. Raises BAD_ARGUMENT for what is no data set. */
export function parserFor(dataset: string, format?: string): Parser {
  switch (dataset as Dataset) {
    case "aws.vpcflow":
      return new VpcFlowParser(format);
    case "aws.cloudtrail":
      return new CloudTrailParser();
    case "aws.lambda":
      return new LambdaParser();
    case "app.json":
      return new JsonParser();
    case "app.text":
      return new TextParser();
    default:
      throw new BelfryError("BAD_ARGUMENT", `no data set named "${dataset}"; there are ${DATASETS.join(", ")}`);
  }
}

interface Parsers {
  readonly known: Readonly<Record<Dataset, Candidate>>;
  readonly byLooks: ByLooks;
}

/** Parsers of all data sets. By its looks, only that is Lambda's which nobody else writes. */
function makeParsers(): Parsers {
  const lambda = new LambdaParser();
  const known = {
    "aws.vpcflow": candidateOf(new VpcFlowParser()),
    "aws.cloudtrail": candidateOf(new CloudTrailParser()),
    "aws.lambda": candidateOf(lambda),
    "app.json": candidateOf(new JsonParser()),
    "app.text": candidateOf(new TextParser()),
  };
  const others = [known["aws.vpcflow"], known["aws.cloudtrail"], candidateOf(lambda.certainOnly())];
  return { known, byLooks: new ByLooks(known["app.json"], known["app.text"], others) };
}

function parseBatch(
  batch: RecordBatch,
  choiceFor: (stream: Stream) => Choice,
  byLooks: ByLooks,
  { keepOriginal = false }: ParseOptions,
): void {
  let stream = -1;
  let choice: Choice = { candidate: undefined };
  for (let record = 0; record < batch.count; record++) {
    if (!batch.fates.isOpen(record) || batch.dataset[record] !== 0) continue;
    if (batch.streamOf[record] !== stream) {
      stream = batch.streamOf[record];
      choice = choiceFor(batch.streams[stream]);
    }
    const chosen = choice.candidate;
    const candidate = chosen?.parser.parse(batch, record) ? chosen : byLooks.parse(batch, record, chosen);
    batch.dataset[record] = candidate.dataset;
    // A line that names the columns of a flow log was dropped: its parser knows the lines after it.
    if (!batch.fates.isOpen(record)) choice.candidate ??= candidate;
    else if (keepOriginal && candidate.dataset !== TEXT)
      batch.addText(record, ORIGINAL, batch.start[record], batch.end[record]);
  }
}

function fitting({ logGroup, logStream, bucket, key }: Rule): (resource: Resource) => boolean {
  const tests = [
    test(logGroup, (resource) => resource.logGroup),
    test(logStream, (resource) => resource.logStream),
    test(bucket, ({ object }) => object?.bucket),
    test(key, ({ object }) => object?.key),
  ];
  return (resource) => tests.every((fits) => fits(resource));
}

function test(
  pattern: string | undefined,
  nameIn: (resource: Resource) => string | undefined,
): (resource: Resource) => boolean {
  if (pattern === undefined) return () => true;
  const matches = glob(pattern);
  return (resource) => {
    const name = nameIn(resource);
    return name !== undefined && matches(name);
  };
}

/** What a function's log group and stream say of it holds for all its records. */
function nameFunction(stream: Stream): void {
  const { name, version } = functionOf(stream.resource);
  if (name !== undefined) stream.set(FUNCTION_NAME, name);
  if (version !== undefined) stream.set(FUNCTION_VERSION, version);
}
