import { type Check, ok, problem, type Verdict, warning } from "./check.ts";

const REQUEST_INCREASE = "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html";

/** Codes that Service Quotas gives: `aws service-quotas list-service-quotas --service-code lambda`. */
const LAMBDA_CONCURRENCY = { service: "lambda", code: "L-B99A9384" } as const;
const DELIVERY_STREAMS = { service: "firehose", code: "L-14BB0BE7" } as const;

// An on-demand stream begins with four shards. https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
const ON_DEMAND_SHARDS = 4;
// Without a stream each subscription invokes the function by itself, as many at once as there are busy log streams.
const DIRECT_CONCURRENCY = 50;
// The functions that are not on the stream: objects, replay, retention, exports.
const OTHER_CONCURRENCY = 10;

/** Whether enough functions can run at once: accounts begin with few. */
export const checkLambdaConcurrency: Check = {
  id: "lambda-concurrency",
  scope: "home",
  actions: ["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"],
  link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html",
  async run({ settings, region, ports, signal }) {
    const { buffer, shards, parallelization } = settings.deployment.ingest;
    const readers = (buffer === "provisioned" ? shards : ON_DEMAND_SHARDS) * parallelization;
    const need = OTHER_CONCURRENCY + (buffer === "none" ? DIRECT_CONCURRENCY : readers);
    const { service, code } = LAMBDA_CONCURRENCY;
    const limit = await ports.quota(service, code, region, signal);
    if (limit === undefined) return [noQuota("Lambda's concurrent executions")];
    const what = `${limit} concurrent executions, shared by all functions; Belfry takes up to ${need}`;
    if (limit >= need) return [ok(what)];
    return [warning(what, `${increase(service, code, region)}; until then invocations wait and are tried again`)];
  },
};

/** Whether the stream fits into the account's shards or on-demand streams. */
export const checkKinesisLimits: Check = {
  id: "kinesis-limits",
  scope: "home",
  actions: ["kinesis:DescribeLimits"],
  link: "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html",
  async run({ settings, region, ports, signal }) {
    const { buffer, shards } = settings.deployment.ingest;
    if (buffer === "none") return [];
    const limits = await ports.kinesisLimits(region, signal);
    return buffer === "provisioned"
      ? [room("shards", limits.shardLimit, limits.shards, shards)]
      : [room("on-demand streams", limits.onDemandStreamLimit, limits.onDemandStreams, 1)];
  },
};

/** Whether the archive's delivery streams fit into the account's. */
export const checkDeliveryStreams: Check = {
  id: "delivery-streams",
  scope: "home",
  actions: ["firehose:ListDeliveryStreams", "servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"],
  link: "https://docs.aws.amazon.com/firehose/latest/dev/limits.html",
  async run({ settings, region, ports, signal }) {
    const { service, code } = DELIVERY_STREAMS;
    const limit = await ports.quota(service, code, region, signal);
    if (limit === undefined) return [noQuota("Firehose's delivery streams")];
    const names = await ports.deliveryStreams(region, signal);
    const others = names.filter((name) => !name.startsWith(`belfry-${settings.stage}-`));
    return [room("delivery streams", limit, others.length, settings.deployment.archive.direct === undefined ? 1 : 2)];
  },
};

/** Used ones may be Belfry's own already, so that too few free ones are no proof. */
function room(what: string, limit: number, used: number, need: number): Verdict {
  const text = `${used} of ${limit} ${what} are used; Belfry needs ${need}`;
  if (limit < need) return problem(text, `ask for more: ${REQUEST_INCREASE}`);
  if (limit - used < need) {
    return warning(text, `ask for more, unless these are Belfry's own: ${REQUEST_INCREASE}`);
  }
  return ok(text);
}

function noQuota(what: string): Verdict {
  return { status: "unknown", what: `Service Quotas does not know ${what} here` };
}

function increase(service: string, code: string, region: string): string {
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value 1000 --region ${region}`;
}
