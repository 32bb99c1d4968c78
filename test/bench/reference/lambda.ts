import { type Document, put } from "./document.ts";
import { isPlausible, isText, parseJson } from "./json.ts";

const PLATFORM = /^(START|END|REPORT) RequestId: (\S+)/;
const ACTIONS: Readonly<Record<string, string>> = {
  START: "platform.start",
  END: "platform.end",
  REPORT: "platform.report",
};
const CONSOLE = /^(\S+)\t([0-9a-f-]{36})\t(?:([A-Z]+)\t)?([\s\S]*)$/;

/** Parts of a report line, with their fields. */
const FIGURES: Readonly<Record<string, string>> = {
  Duration: "aws.lambda.duration_ms",
  "Billed Duration": "aws.lambda.billed_duration_ms",
  "Memory Size": "aws.lambda.memory_size_mb",
  "Max Memory Used": "aws.lambda.max_memory_used_mb",
  "Init Duration": "aws.lambda.init_duration_ms",
};

/** What a Lambda function and its platform write. Returns false for a line of another form. */
export function parseLambda(message: string, timestamp: number, document: Document): boolean {
  const object = parseJson(message, timestamp, document);
  if (object !== undefined) {
    if (isText(object.requestId)) put(document, "faas.execution", object.requestId);
    if (isText(object.function_name)) put(document, "faas.name", object.function_name);
    put(document, "faas.coldstart", object.cold_start);
    return true;
  }
  const text = message.replace(/[\r\n]+$/, "");
  return parsePlatform(text, document) || parseConsole(text, timestamp, document);
}

/** The function's name and version, as its log group and stream say them. */
export function nameFunction(logGroup: string, logStream: string, document: Document): void {
  put(document, "faas.name", logGroup.replace("/aws/lambda/", ""));
  put(document, "faas.version", /\[(.+)\]/.exec(logStream)?.[1]);
}

function parsePlatform(text: string, document: Document): boolean {
  const [, word, request] = PLATFORM.exec(text) ?? [];
  if (word === undefined) return false;
  put(document, "message", text);
  put(document, "event.action", ACTIONS[word]);
  put(document, "faas.execution", request);
  if (word === "START") put(document, "faas.version", /Version: (\S+)/.exec(text)?.[1]);
  if (word !== "REPORT") return true;
  for (const part of text.split(/[\t\n]/)) {
    const [name, value = ""] = part.split(": ");
    if (name in FIGURES) put(document, FIGURES[name], Number.parseFloat(value));
    else if (name === "XRAY TraceId") put(document, "trace.id", value);
  }
  put(document, "faas.coldstart", text.includes("Init Duration"));
  return true;
}

function parseConsole(text: string, timestamp: number, document: Document): boolean {
  const [, time, request, level, rest] = CONSOLE.exec(text) ?? [];
  if (time === undefined || Number.isNaN(Date.parse(time))) return false;
  if (isPlausible(Date.parse(time), timestamp)) put(document, "@timestamp", new Date(time).toISOString());
  put(document, "faas.execution", request);
  put(document, "log.level", level);
  put(document, "message", rest);
  return true;
}
