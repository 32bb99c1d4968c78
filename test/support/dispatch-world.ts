// A deployment's on call on a virtual clock: the dispatcher, outboxes and channels over one table in memory, with what is due in a list.
import type { Channel } from "@belfry/core/alerts/channels/channel";
import { createDispatcher, type Dispatcher, type DispatcherPorts } from "@belfry/core/alerts/dispatch/dispatcher";
import { type IncidentStore, incidentStore } from "@belfry/core/alerts/dispatch/incident-store";
import { type SilenceStore, silenceStore } from "@belfry/core/alerts/dispatch/silence-store";
import { compileOnCall } from "@belfry/core/alerts/on-call-rules";
import { drainOutbox } from "@belfry/core/alerts/outbox";
import { Channels } from "@belfry/core/config/channels/schema";
import { OnCall, type OnCallInput } from "@belfry/core/config/oncall/schema";
import type { Due } from "@belfry/core/event/due";
import type { Notification } from "@belfry/core/event/notification";
import { createLogger } from "@belfry/core/platform/logger";
import type { Table } from "@belfry/core/platform/table-client";
import { type MemoryTable, memoryTable } from "./memory-table.ts";

export const START_MS = Date.UTC(2026, 10, 22, 12);

/** What a channel has said. */
interface Said extends Notification {
  readonly channel: string;
}

const { inbox: DELIVERY } = Channels.parse({ inbox: { type: "inbox" } });

export interface WorldOptions {
  /** Stands before the table, such as one that fails. */
  readonly before?: (table: Table) => Table;
  readonly ports?: Partial<DispatcherPorts>;
  /** What another deployment has left. */
  readonly memory?: MemoryTable;
}

export class DispatchWorld {
  nowMs = START_MS;
  readonly signal = new AbortController().signal;
  readonly memory: MemoryTable;
  readonly said: Said[] = [];
  readonly dispatcher: Dispatcher;
  readonly incidents: IncidentStore;
  readonly silences: SilenceStore;
  readonly ports: DispatcherPorts;
  dues: Due[] = [];

  constructor(input: OnCallInput, options: WorldOptions = {}) {
    const { before = (table) => table, ports = {}, memory = memoryTable() } = options;
    const config = OnCall.parse(input);
    this.memory = memory;
    this.ports = {
      table: before(this.memory),
      clock: { now: () => this.nowMs },
      random: Math.random,
      sleep: () => new Promise(setImmediate),
      logger: createLogger({ level: "off" }),
      config,
      rules: compileOnCall(config, () => true),
      sendDue: async (dues) => void this.dues.push(...dues),
      ...ports,
    };
    this.dispatcher = createDispatcher(this.ports);
    this.incidents = incidentStore(this.memory);
    this.silences = silenceStore(this.ports);
  }

  /** Lets the time go on, with everything that is due until then, that time included. */
  async until(nowMs: number): Promise<void> {
    for (;;) {
      this.dues.sort((a, b) => a.at - b.at);
      const [next] = this.dues;
      if (next === undefined || next.at > nowMs) break;
      this.dues.shift();
      this.nowMs = Math.max(this.nowMs, next.at);
      await this.look(next);
    }
    this.nowMs = Math.max(this.nowMs, nowMs);
  }

  async look(due: Due): Promise<void> {
    if (due.kind === "outbox") await this.send(due.key);
    else if (due.kind !== "correction") await this.dispatcher.due(due, this.signal);
  }

  /** Sends what a channel has to say. */
  async send(name: string): Promise<void> {
    const channel: Channel = {
      name,
      canCheck: true,
      deliver: async (notification) => {
        this.said.push({ ...notification, channel: name });
        return { outcome: "delivered" };
      },
    };
    const { clock, random, sleep, logger } = this.ports;
    await drainOutbox(channel, DELIVERY, { table: this.memory, clock, random, sleep, logger }, this.signal);
  }

  /** What was said since the last time, in short: `channel kind status`, with a mark on pages. */
  heard(): string[] {
    return this.said
      .splice(0)
      .map(({ channel, kind, status, isPage }) => `${channel} ${kind} ${status}${isPage ? "!" : ""}`);
  }
}
