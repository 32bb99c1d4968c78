import { join } from "node:path";
import { BelfryError } from "@belfry/core/platform/errors";
import type { SegmentDocument } from "@belfry/core/platform/segment-document";
import {
  assembleTraces,
  isConnected,
  summarizeNodes,
  type Trace,
  type TraceNode,
} from "@belfry/core/tracing/trace-graph";
import { Command, InvalidArgumentError } from "commander";
import { TraceStore } from "../trace-store.ts";
import { nodeTable, paintFor, rootName, stateOf, traceTable, traceTimeline } from "../trace-view.ts";

const EXAMPLES = `
Examples:
  $ belfry trace list                       the newest traces, newest first
  $ belfry trace list --failed --limit 5    the newest five in which something failed
  $ belfry trace show last                  the newest trace as a timeline
  $ belfry trace show 1-67a1b2c3            the trace whose id begins so
  $ belfry trace nodes                      latency and failures of each part
  $ belfry trace list --json | jq .id       one JSON object a line, for machines

Traces are kept by the stand-in of the X-Ray daemon that \`belfry start\` and \`belfry ingest\` run.`;

interface FolderOptions {
  readonly dir: string;
  readonly json?: boolean;
}

interface ListOptions extends FolderOptions {
  readonly limit: number;
  readonly failed?: boolean;
}

/** `belfry trace`: reads what the stand-in of the X-Ray daemon kept. A trace that is not there raises NOT_FOUND, an id that several begin with BAD_ARGUMENT. */
export function traceCommand(print: (text: string) => void = (text) => console.log(text)): Command {
  const paint = paintFor(process.stdout.isTTY === true);
  const command = new Command("trace")
    .description("list and show the traces of local runs")
    .addHelpText("afterAll", EXAMPLES);
  const subcommand = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option("--dir <dir>", "Belfry's folder, in which traces/ is", ".belfry")
      .option("--json", "for machines");

  subcommand("list", "the newest traces: id, time, duration, root, state, number of segments")
    .option("--limit <n>", "how many", positive, 20)
    .option("--failed", "only those in which something failed")
    .action(async (options: ListOptions) => {
      const traces = await newest(storeIn(options), options.limit, ({ failed }) => failed || options.failed !== true);
      if (options.json === true) for (const trace of traces) print(JSON.stringify(summaryOf(trace)));
      else print(traces.length === 0 ? `no traces in ${tracesIn(options)}` : traceTable(traces, paint));
    });

  subcommand("show <id>", "one trace as a timeline; an id, its beginning, or `last`").action(
    async (id: string, options: FolderOptions) => {
      const store = storeIn(options);
      const trace = await find(store, id, tracesIn(options));
      print(
        options.json === true
          ? JSON.stringify({ ...summaryOf(trace), tree: trace.roots.map(treeOf) })
          : traceTimeline(trace, paint),
      );
    },
  );

  subcommand("nodes", "latency and failures of each named part, over the newest traces")
    .option("--limit <n>", "how many traces", positive, 1000)
    .action(async (options: ListOptions) => {
      const nodes = summarizeNodes(await newest(storeIn(options), options.limit, () => true));
      if (options.json === true) for (const node of nodes) print(JSON.stringify(node));
      else print(nodes.length === 0 ? `no traces in ${tracesIn(options)}` : nodeTable(nodes, paint));
    });
  return command;
}

function tracesIn({ dir }: FolderOptions): string {
  return join(dir, "traces");
}

function storeIn(options: FolderOptions): TraceStore {
  return new TraceStore(tracesIn(options));
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("a whole number above 0");
  return number;
}

/** The newest traces that are wanted. Reads one day more than it must: a trace may have begun before midnight. */
async function newest(store: TraceStore, limit: number, wanted: (trace: Trace) => boolean): Promise<Trace[]> {
  const documents: SegmentDocument[] = [];
  let traces: Trace[] = [];
  for await (const day of store.read()) {
    const enough = traces.length >= limit;
    documents.unshift(...day);
    traces = assembleTraces(documents).filter(wanted);
    if (enough) break;
  }
  return traces.reverse().slice(0, limit);
}

async function find(store: TraceStore, id: string, where: string): Promise<Trace> {
  const documents: SegmentDocument[] = [];
  for await (const day of store.read()) documents.unshift(...day.filter(({ trace_id }) => trace_id?.startsWith(id)));
  const traces = id === "last" ? await newest(store, 1, () => true) : assembleTraces(documents);
  const [trace] = traces;
  if (trace === undefined) throw new BelfryError("NOT_FOUND", `no trace ${id} in ${where}: see \`belfry trace list\``);
  if (traces.length > 1)
    throw new BelfryError("BAD_ARGUMENT", `${traces.length} traces begin with ${id}: give more of the id`);
  return trace;
}

function summaryOf(trace: Trace): object {
  const { id, startMs, endMs, nodes, segments, failed } = trace;
  const started = new Date(startMs).toISOString();
  const durationMs = endMs - startMs;
  const connected = isConnected(trace);
  return { id, started, durationMs, root: rootName(trace), state: stateOf(trace), failed, connected, segments, nodes };
}

function treeOf({ id, name, kind, startMs, endMs, document, children }: TraceNode): object {
  const { error, fault, throttle, namespace, annotations, metadata, http, aws, cause } = document;
  const durationMs = endMs === undefined ? null : endMs - startMs;
  const details = { error, fault, throttle, namespace, annotations, metadata, http, aws, cause };
  return {
    id,
    name,
    kind,
    started: new Date(startMs).toISOString(),
    durationMs,
    ...details,
    children: children.map(treeOf),
  };
}
