import type { Step } from "../context.ts";
import type { HttpPhases } from "./http-exchange.ts";

/** What each phase is called among the metrics. */
const METRICS = {
  dnsMs: "DnsTime",
  tcpMs: "TcpTime",
  tlsMs: "TlsTime",
  ttfbMs: "TimeToFirstByte",
  downloadMs: "DownloadTime",
} as const satisfies Partial<Record<keyof HttpPhases, string>>;

/** Adds the phases of a request to its step: measurements, and for reading the details. */
export function measurePhases(phases: HttpPhases, step: Step): void {
  for (const [phase, name] of Object.entries(METRICS)) {
    const value = phases[phase as keyof typeof METRICS];
    if (value !== undefined) step.metric(name, "Milliseconds", rounded(value));
  }
  const readable = Object.entries(phases).map(([name, value]) => [name, rounded(value)]);
  step.detail("phases", Object.fromEntries(readable));
}

/** To a thousandth of a millisecond. */
export function rounded(valueMs: number): number {
  return Math.round(valueMs * 1000) / 1000;
}
