import type { AlertLink } from "./alert.ts";

/** The partition that a region is in. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** Hosts of the console. https://docs.aws.amazon.com/general/latest/gr/rande.html */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

/**
 * A link into the console of a region, `path` being what follows the host with its fragment. None for what is no region: events' samples and other
 * partitions have some.
 */
export function consoleLink(title: string, region: string, path: string): readonly AlertLink[] {
  if (!REGION.test(region)) return [];
  const host = CONSOLES[partitionOf(region)] ?? CONSOLES.aws;
  const [place = "", fragment] = path.split("#", 2);
  const query = place.includes("?") ? `${place}&region=${region}` : `${place}?region=${region}`;
  return [{ title, url: `https://${region}.${host}/${query}${fragment === undefined ? "" : `#${fragment}`}` }];
}

/** The Health dashboard, which has no region, at one event. https://docs.aws.amazon.com/health/latest/ug/getting-started-health-dashboard.html */
export function healthDashboardLink(eventArn: string, scope: string): AlertLink {
  const partition = eventArn.split(":")[1] ?? "aws";
  const host = CONSOLES[partition] ?? CONSOLES.aws;
  const place = scope === "PUBLIC" ? "dashboard/event-log" : "account/event-log";
  const url = `https://health.${host}/health/home#/${place}?eventID=${encodeURIComponent(eventArn)}`;
  return { title: "AWS Health Dashboard", url };
}
