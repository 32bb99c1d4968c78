import type { ChannelSettings } from "../engine/settings.ts";
import type { GroupNotification } from "../engine/tell.ts";
import type { IncidentInput } from "./decide.ts";
import type { Incident } from "./incident.ts";

/** To a group, its incident is one more channel: what this channel is told makes the incident begin, go on and end. No channel of a configuration has its name. */
export const INCIDENT_CHANNEL: ChannelSettings = { name: " incident", sendResolved: true, isStateful: true };

/** What a notification to the incident's channel is to the incident. */
export function incidentInput({ status, groupKey, isPage }: GroupNotification): IncidentInput {
  return status === "resolved" ? { kind: "over" } : { kind: "firing", groupKey, isPage };
}

/** Whether somebody has taken the incident or put it off: its group then wakes nobody. */
export function isHeld(incident: Incident | undefined): boolean {
  return incident?.status === "acknowledged" || incident?.status === "snoozed";
}
