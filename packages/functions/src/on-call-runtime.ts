import type { ChannelPorts } from "@belfry/core/alerts/channels/open-channel";
import type { DispatcherPorts } from "@belfry/core/alerts/dispatch/dispatcher";
import type { Approve } from "@belfry/core/alerts/respond/act-for-person";
import type { SendDue } from "@belfry/core/event/due";
import type { Table } from "@belfry/core/platform/table-client";
import type { CorrectionRuns } from "@belfry/core/remediation/start";
import type { TaskRuntime } from "./task.ts";

/** All that handlers of alerts use of the world: bound to AWS by `compose-on-call.ts` here, to local parts by the local runtime. */
export interface OnCallRuntime extends TaskRuntime {
  /** Where alerts, incidents, outboxes, timers and Health events are kept. */
  readonly table: Table;
  /** Makes the sender to the queues; what it sends carries the trace header, so that whoever looks at it goes on with the trace. */
  readonly dueSender: (traceHeader: string | undefined) => SendDue;
  readonly channelPorts: ChannelPorts;
  /** Lets a corrective action run that waits for it; absent where there are none. */
  readonly approve?: Approve;
  /** What corrective actions add when an incident begins; absent where there are none. */
  readonly corrections?: NonNullable<DispatcherPorts["corrections"]>;
  /** What starts corrective actions, of the function that does; where it is absent there, it is only said what would be started. */
  readonly correctionRuns?: CorrectionRuns;
  /** The present state of an alarm; absent where alarms cannot be asked. */
  readonly askAlarm?: NonNullable<DispatcherPorts["askAlarm"]>;
}
