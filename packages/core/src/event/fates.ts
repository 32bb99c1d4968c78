const UNSETTLED = "unsettled";

/** What becomes of a record, for one sink or as a whole. */
export const Fate = { open: 0, delivered: 1, dropped: 2, quarantined: 3, retry: 4, routed: 5 } as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** Counts by name: rule of a drop, reason of a quarantine or of a retry. */
export type Tally = Record<string, number>;

/** One sink's share of the accounting: routed = delivered + sum(quarantined) + sum(retried). */
export interface SinkAccounting {
  routed: number;
  delivered: number;
  quarantined: Tally;
  retried: Tally;
}

/** received = sum(dropped) + sum(quarantined) + sum(retried) + routed, and for each sink its own identity. */
export interface Accounting {
  received: number;
  dropped: Tally;
  quarantined: Tally;
  retried: Tally;
  routed: number;
  sinks: Record<string, SinkAccounting>;
}

/** The fates of one sink's records in one batch, by record index. */
export class SinkFates {
  readonly sink: string;
  /** How many records were routed here, how many of them have no other fate yet, and how many are delivered: kept as fates are set. */
  routed = 0;
  waiting = 0;
  deliveredCount = 0;
  /** False as long as no record was quarantined, or is to be retried: the rule, for which nothing need be looked through. */
  hasRefused = false;
  readonly #state: Uint8Array;
  readonly #reason: Int32Array;
  readonly #reasons: Reasons;

  constructor(sink: string, size: number, reasons: Reasons) {
    this.sink = sink;
    this.#state = new Uint8Array(size);
    this.#reason = new Int32Array(size);
    this.#reasons = reasons;
  }

  /** Fate.open when the record is not for this sink, else routed (not settled yet), delivered, quarantined or retry. */
  of(record: number): Fate {
    return this.#state[record] as Fate;
  }

  reasonOf(record: number): string {
    return this.#reasons.text(this.#reason[record]);
  }

  route(record: number): void {
    if (this.#state[record] !== Fate.open) this.#set(record, Fate.routed);
    else {
      this.routed++;
      this.waiting++;
      this.#state[record] = Fate.routed;
    }
  }

  delivered(record: number): void {
    this.#set(record, Fate.delivered);
  }

  /** As `delivered` for each of them. */
  deliveredAll(records: readonly number[]): void {
    const state = this.#state;
    let waited = 0;
    let again = 0;
    for (let i = 0; i < records.length; i++) {
      const before = state[records[i]];
      if (before === Fate.routed) waited++;
      else if (before === Fate.delivered) again++;
      state[records[i]] = Fate.delivered;
    }
    this.waiting -= waited;
    this.deliveredCount += records.length - again;
  }

  /** No retry mends it: the record goes to the quarantine with this reason. */
  quarantine(record: number, reason: string): void {
    this.hasRefused = true;
    this.#set(record, Fate.quarantined);
    this.#reason[record] = this.#reasons.id(reason);
  }

  /** The delivery item of the record is reported to its service, which will bring it again. */
  retry(record: number, reason: string): void {
    this.hasRefused = true;
    this.#set(record, Fate.retry);
    this.#reason[record] = this.#reasons.id(reason);
  }

  #set(record: number, fate: Fate): void {
    const before = this.#state[record];
    if (before === Fate.routed) this.waiting--;
    else if (before === Fate.delivered) this.deliveredCount--;
    if (fate === Fate.routed) this.waiting++;
    else if (fate === Fate.delivered) this.deliveredCount++;
    this.#state[record] = fate;
  }
}

/** Reasons as small numbers; one table per batch. */
class Reasons {
  readonly #texts: string[] = [];
  readonly #ids = new Map<string, number>();

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#texts.push(text);
      this.#ids.set(text, id);
    }
    return id;
  }

  text(id: number): string {
    return this.#texts[id] ?? "";
  }
}

/**
 * The ledger of one batch: a fate per record, and per record and sink. Sources extend it with each record they find, stages write
 * fates; the service's answer, the metrics and the identity are counted from it and from nowhere else.
 */
export class Fates {
  /** How many records there are. */
  size = 0;
  /** False as long as no record as a whole was quarantined, or is to be retried. */
  hasRefused = false;
  #state = new Uint8Array(1024);
  #reason = new Int32Array(1024);
  readonly #reasons = new Reasons();
  readonly #sinks = new Map<string, SinkFates>();

  /** Makes room for one more record, whose fate is open. */
  extend(): void {
    if (this.size === this.#state.length) {
      const state = new Uint8Array(this.size * 2);
      const reason = new Int32Array(this.size * 2);
      state.set(this.#state);
      reason.set(this.#reason);
      this.#state = state;
      this.#reason = reason;
    }
    this.#state[this.size++] = Fate.open;
  }

  of(record: number): Fate {
    return this.#state[record] as Fate;
  }

  isOpen(record: number): boolean {
    return this.#state[record] === Fate.open;
  }

  /** The rule of a dropped record, the reason of a quarantined or retried one. */
  reasonOf(record: number): string {
    return this.#reasons.text(this.#reason[record]);
  }

  drop(record: number, rule: string): void {
    this.#set(record, Fate.dropped, rule);
  }

  /** No sink gets it; the original goes to the quarantine with this reason. */
  quarantine(record: number, reason: string): void {
    this.hasRefused = true;
    this.#set(record, Fate.quarantined, reason);
  }

  /** No sink gets it now; its delivery item is reported to the service. */
  retry(record: number, reason: string): void {
    this.hasRefused = true;
    this.#set(record, Fate.retry, reason);
  }

  /** The record goes to this sink (besides any others named before). Only once all records are in the batch. */
  route(record: number, sink: SinkFates): void {
    this.#state[record] = Fate.routed;
    sink.route(record);
  }

  /** The fates for one sink, made on first use; only once all records are in the batch. */
  sink(name: string): SinkFates {
    let fates = this.#sinks.get(name);
    if (fates === undefined) {
      fates = new SinkFates(name, this.size, this.#reasons);
      this.#sinks.set(name, fates);
    }
    return fates;
  }

  get sinks(): Iterable<SinkFates> {
    return this.#sinks.values();
  }

  reset(): void {
    this.size = 0;
    this.hasRefused = false;
    this.#sinks.clear();
  }

  #set(record: number, fate: Fate, reason: string): void {
    this.#state[record] = fate;
    this.#reason[record] = this.#reasons.id(reason);
  }
}

/** An accounting with nothing in it. */
export function emptyAccounting(): Accounting {
  return { received: 0, dropped: {}, quarantined: {}, retried: {}, routed: 0, sinks: {} };
}

/**
 * Adds a batch's ledger to the accounting of its invocation. `received` is what the source counted as it decoded. A record that no stage
 * settled counts as to be retried, so nothing can vanish uncounted.
 */
export function countFates(fates: Fates, received: number, into: Accounting): void {
  into.received += received;
  let routed = 0;
  for (let record = 0; record < fates.size; record++) {
    const fate = fates.of(record);
    if (fate === Fate.routed) routed++;
    else if (fate === Fate.dropped) add(into.dropped, fates.reasonOf(record));
    else if (fate === Fate.quarantined) add(into.quarantined, fates.reasonOf(record));
    else add(into.retried, fate === Fate.retry ? fates.reasonOf(record) : UNSETTLED);
  }
  into.routed += routed;
  for (const sink of fates.sinks) countSink(sink, fates.size, into);
}

function countSink(sink: SinkFates, size: number, into: Accounting): void {
  const sums = sinkSums(into, sink.sink);
  sums.routed += sink.routed;
  sums.delivered += sink.deliveredCount;
  if (sink.waiting === 0 && !sink.hasRefused) return;
  for (let record = 0; record < size; record++) {
    const fate = sink.of(record);
    if (fate === Fate.open || fate === Fate.delivered) continue;
    if (fate === Fate.quarantined) add(sums.quarantined, sink.reasonOf(record));
    else add(sums.retried, fate === Fate.retry ? sink.reasonOf(record) : UNSETTLED);
  }
}

/** Sums one accounting into another, for a run of several invocations. */
export function addAccounting(from: Accounting, into: Accounting): void {
  into.received += from.received;
  into.routed += from.routed;
  addTally(from.dropped, into.dropped);
  addTally(from.quarantined, into.quarantined);
  addTally(from.retried, into.retried);
  for (const [name, sink] of Object.entries(from.sinks)) {
    const sums = sinkSums(into, name);
    sums.routed += sink.routed;
    sums.delivered += sink.delivered;
    addTally(sink.quarantined, sums.quarantined);
    addTally(sink.retried, sums.retried);
  }
}

function sinkSums(accounting: Accounting, name: string): SinkAccounting {
  const sums = accounting.sinks[name] ?? { routed: 0, delivered: 0, quarantined: {}, retried: {} };
  accounting.sinks[name] = sums;
  return sums;
}

/** The first identity that does not hold, as a sentence with its figures; undefined when all hold. */
export function brokenIdentity(accounting: Accounting): string | undefined {
  const { received, routed } = accounting;
  const dropped = total(accounting.dropped);
  const quarantined = total(accounting.quarantined);
  const retried = total(accounting.retried);
  if (received !== dropped + quarantined + retried + routed) {
    return `received ${received} but dropped ${dropped} + quarantined ${quarantined} + retried ${retried} + routed ${routed}`;
  }
  for (const [name, sink] of Object.entries(accounting.sinks)) {
    const kept = total(sink.quarantined);
    const again = total(sink.retried);
    if (sink.routed !== sink.delivered + kept + again) {
      return `sink ${name}: routed ${sink.routed} but delivered ${sink.delivered} + quarantined ${kept} + retried ${again}`;
    }
  }
  return undefined;
}

/** The sum over all names of a tally. */
export function total(tally: Tally): number {
  let sum = 0;
  for (const count of Object.values(tally)) sum += count;
  return sum;
}

function add(tally: Tally, name: string, count = 1): void {
  tally[name] = (tally[name] ?? 0) + count;
}

function addTally(from: Tally, into: Tally): void {
  for (const [name, count] of Object.entries(from)) add(into, name, count);
}
