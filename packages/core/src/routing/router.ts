import { DEFAULT_ROUTE } from "../config/default-route.ts";
import type { Config } from "../config/schema.ts";
import type { SinkFates } from "../event/fates.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { RecordPattern } from "../event/record-pattern.ts";

/** Where a record goes: the names of the routes that take it, joined by `, `, and their sinks, each once. */
export interface RouteExplanation {
  readonly route: string;
  readonly sinks: readonly string[];
}

/** Decides which sinks each record goes to. */
export interface Router {
  /** Routes every open record of the batch. */
  route(batch: RecordBatch): void;
  /** Says where a record would go, whatever its fate. */
  explain(batch: RecordBatch, record: number): RouteExplanation;
}

interface CompiledRoute {
  readonly name: string;
  readonly pattern: RecordPattern;
  readonly sinks: readonly string[];
  readonly continue: boolean;
}

/**
 * A router over routes in their order: the first whose pattern matches takes the record, and where it says `continue` those after it are tried too.
 * What no route takes goes to the default route. Raises InvalidPatternError for a pattern that AWS refuses.
 */
export function createRouter(routes: Config["routes"], defaultRoute: Config["defaultRoute"]): Router {
  return new PatternRouter(routes, defaultRoute);
}

class PatternRouter implements Router {
  readonly #routes: readonly CompiledRoute[];
  readonly #defaultRoute: readonly string[];

  constructor(routes: Config["routes"], defaultRoute: Config["defaultRoute"]) {
    this.#routes = routes.map((route) => ({ ...route, pattern: new RecordPattern(route.pattern) }));
    this.#defaultRoute = defaultRoute;
  }

  route(batch: RecordBatch): void {
    const defaultSinks = lazily(batch, this.#defaultRoute);
    const routes = this.#routes.map((route) => ({
      takes: route.pattern.over(batch),
      sinks: lazily(batch, route.sinks),
      continue: route.continue,
    }));
    for (let record = 0; record < batch.count; record++) {
      if (!batch.fates.isOpen(record)) continue;
      if (!routeOne(batch, record, routes)) send(batch, record, defaultSinks());
    }
  }

  explain(batch: RecordBatch, record: number): RouteExplanation {
    const taken: CompiledRoute[] = [];
    for (const route of this.#routes) {
      if (!route.pattern.matches(batch, record)) continue;
      taken.push(route);
      if (!route.continue) break;
    }
    if (taken.length === 0) return { route: DEFAULT_ROUTE, sinks: [...new Set(this.#defaultRoute)] };
    const sinks = new Set(taken.flatMap((route) => route.sinks));
    return { route: taken.map(({ name }) => name).join(", "), sinks: [...sinks] };
  }
}

/** A route in one pass over a batch. */
interface OpenRoute {
  readonly takes: (record: number) => boolean;
  readonly sinks: () => readonly SinkFates[];
  readonly continue: boolean;
}

/** Sends a record to the sinks of all routes that take it; false when none does. */
function routeOne(batch: RecordBatch, record: number, routes: readonly OpenRoute[]): boolean {
  let isTaken = false;
  for (let i = 0; i < routes.length; i++) {
    const route = routes[i];
    if (!route.takes(record)) continue;
    send(batch, record, route.sinks());
    isTaken = true;
    if (!route.continue) break;
  }
  return isTaken;
}

/** The fates of sinks in a batch, made when the first record goes there: a sink that gets none is not in the accounting. */
function lazily(batch: RecordBatch, names: readonly string[]): () => readonly SinkFates[] {
  let fates: readonly SinkFates[] | undefined;
  return () => {
    fates ??= names.map((name) => batch.fates.sink(name));
    return fates;
  };
}

function send(batch: RecordBatch, record: number, sinks: readonly SinkFates[]): void {
  for (let i = 0; i < sinks.length; i++) batch.fates.route(record, sinks[i]);
}
