import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** Shards and on-demand streams of an account in a region: the limit, and how many there are. */
export interface KinesisLimits {
  readonly shardLimit: number;
  readonly shards: number;
  readonly onDemandStreamLimit: number;
  readonly onDemandStreams: number;
}

/** What is read of quotas in one region. Each raises AwsCallError. */
export interface QuotaReads {
  /** The value that holds for the account, or else AWS's default; undefined when Service Quotas does not know it. */
  quota(service: string, code: string, region: string, signal: AbortSignal): Promise<number | undefined>;
  kinesisLimits(region: string, signal: AbortSignal): Promise<KinesisLimits>;
  /** Names of the Firehose delivery streams. */
  deliveryStreams(region: string, signal: AbortSignal): Promise<readonly string[]>;
}

const READ_ATTEMPTS = 3;

const serviceQuotasClient = perRegion(async (region) => {
  const { ServiceQuotasClient } = await import("@aws-sdk/client-service-quotas");
  return new ServiceQuotasClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

const kinesisClient = perRegion(async (region) => {
  const { KinesisClient } = await import("@aws-sdk/client-kinesis");
  return new KinesisClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

const firehoseClient = perRegion(async (region) => {
  const { FirehoseClient } = await import("@aws-sdk/client-firehose");
  return new FirehoseClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** Reads quotas, and what is used of them, with the environment's credentials. */
export function quotaReads(): QuotaReads {
  return { quota, kinesisLimits, deliveryStreams };
}

async function quota(
  ServiceCode: string,
  QuotaCode: string,
  region: string,
  abortSignal: AbortSignal,
): Promise<number | undefined> {
  const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
  const client = await serviceQuotasClient(region);
  const which = { ServiceCode, QuotaCode };
  const applied = await unlessUnknown("servicequotas:GetServiceQuota", () =>
    client.send(new GetServiceQuotaCommand(which), { abortSignal }),
  );
  if (applied?.Quota?.Value !== undefined) return applied.Quota.Value;
  // A quota that was never looked at or raised in the account has no applied value.
  const standard = await unlessUnknown("servicequotas:GetAWSDefaultServiceQuota", () =>
    client.send(new GetAWSDefaultServiceQuotaCommand(which), { abortSignal }),
  );
  return standard?.Quota?.Value;
}

async function unlessUnknown<T>(action: string, call: () => Promise<T>): Promise<T | undefined> {
  return awsCall(action, async () => {
    try {
      return await call();
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === "NoSuchResourceException") return undefined;
      throw thrown;
    }
  });
}

async function kinesisLimits(region: string, abortSignal: AbortSignal): Promise<KinesisLimits> {
  const { DescribeLimitsCommand } = await import("@aws-sdk/client-kinesis");
  const client = await kinesisClient(region);
  const limits = await awsCall("kinesis:DescribeLimits", () =>
    client.send(new DescribeLimitsCommand({}), { abortSignal }),
  );
  return {
    shardLimit: limits.ShardLimit ?? 0,
    shards: limits.OpenShardCount ?? 0,
    onDemandStreamLimit: limits.OnDemandStreamCountLimit ?? 0,
    onDemandStreams: limits.OnDemandStreamCount ?? 0,
  };
}

async function deliveryStreams(region: string, abortSignal: AbortSignal): Promise<readonly string[]> {
  const { ListDeliveryStreamsCommand } = await import("@aws-sdk/client-firehose");
  const client = await firehoseClient(region);
  const all: string[] = [];
  for (;;) {
    const after = all.at(-1);
    const start = after === undefined ? {} : { ExclusiveStartDeliveryStreamName: after };
    const answer = await awsCall("firehose:ListDeliveryStreams", () =>
      client.send(new ListDeliveryStreamsCommand({ Limit: 100, ...start }), { abortSignal }),
    );
    const names = answer.DeliveryStreamNames ?? [];
    all.push(...names);
    // An empty page that says there is more would be asked for again for ever.
    if (answer.HasMoreDeliveryStreams !== true || names.length === 0) return all;
  }
}
