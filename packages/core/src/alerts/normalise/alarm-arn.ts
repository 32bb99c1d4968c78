import { partitionOf } from "../../event/console-link.ts";

/** The ARN of an alarm that does not say it. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export function localAlarmArn(name: string, account: string, region: string): string {
  return `arn:${partitionOf(region)}:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** Samples that were reformatted have blanks after the colons; an alarm's name may have some of its own. */
export function cleanArn(arn: string): string {
  const [, head = "", name = arn] = /^((?:[^:]*:){5})(.*)$/s.exec(arn) ?? [];
  return head.replace(/\s/g, "") + name.trim();
}

/** Regions by the names that alarms write into SNS messages, without what is before the dash or the bracket; AWS has changed some over the years. */
const REGION_NAMES: Readonly<Record<string, string>> = {
  virginia: "us-east-1",
  "n. virginia": "us-east-1",
  ohio: "us-east-2",
  "n. california": "us-west-1",
  "northern california": "us-west-1",
  oregon: "us-west-2",
  "cape town": "af-south-1",
  "hong kong": "ap-east-1",
  taipei: "ap-east-2",
  tokyo: "ap-northeast-1",
  seoul: "ap-northeast-2",
  osaka: "ap-northeast-3",
  mumbai: "ap-south-1",
  hyderabad: "ap-south-2",
  singapore: "ap-southeast-1",
  sydney: "ap-southeast-2",
  jakarta: "ap-southeast-3",
  melbourne: "ap-southeast-4",
  malaysia: "ap-southeast-5",
  "new zealand": "ap-southeast-6",
  thailand: "ap-southeast-7",
  central: "ca-central-1",
  calgary: "ca-west-1",
  frankfurt: "eu-central-1",
  zurich: "eu-central-2",
  stockholm: "eu-north-1",
  milan: "eu-south-1",
  spain: "eu-south-2",
  ireland: "eu-west-1",
  london: "eu-west-2",
  paris: "eu-west-3",
  "tel aviv": "il-central-1",
  uae: "me-central-1",
  bahrain: "me-south-1",
  "mexico central": "mx-central-1",
  mexico: "mx-central-1",
  "sao paulo": "sa-east-1",
  "são paulo": "sa-east-1",
  beijing: "cn-north-1",
  ningxia: "cn-northwest-1",
  "us-west": "us-gov-west-1",
  "us-east": "us-gov-east-1",
};

/** The region of a name as in `EU - Ireland`, `EU (Ireland)` or `US East (N. Virginia)`; the name itself when it is none of these. */
export function regionNamed(name: string): string {
  const match = /\(([^)]+)\)\s*$/.exec(name) ?? /\s-\s(.+)$/.exec(name);
  return REGION_NAMES[(match?.[1] ?? name).trim().toLowerCase()] ?? name;
}
