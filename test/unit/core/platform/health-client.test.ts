import { activeHealthRegion, healthReads } from "@belfry/core/platform/health-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";

const signal = new AbortController().signal;
const ARN = "arn:aws:health:eu-west-1::event/RDS/X/X_1";
let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
});

const resolveCname = async () => ["health.us-east-2.amazonaws.com"];

it("takes the region that the global name points to", async () => {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return ["health.us-east-2.amazonaws.com"];
  };
  expect(await activeHealthRegion("aws", resolve)).toBe("us-east-2");
  expect(asked).toEqual(["global.health.amazonaws.com"]);
});

it("falls back to the partition's first region", async () => {
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error("queryCname ENODATA"), { code: "ENODATA" });
  };
  expect(await activeHealthRegion("aws", fail)).toBe("us-east-1");
  expect(await activeHealthRegion("aws", async () => ["elsewhere.example.com"])).toBe("us-east-1");
  expect(await activeHealthRegion("aws-cn", fail)).toBe("cn-northwest-1");
  expect(await activeHealthRegion("aws-us-gov", fail)).toBe("us-gov-west-1");
});

it("lists the account's events page by page", async () => {
  const time = 1795168800;
  aws.answers.push({ body: { events: [{ arn: ARN, service: "RDS", lastUpdatedTime: time }], nextToken: "t" } });
  aws.answers.push({ body: { events: [{ arn: "b", startTime: time, endTime: time + 60 }] } });
  const reads = healthReads({ organization: false, resolveCname });
  const events = await reads.events(Date.UTC(2026, 10, 19), signal);
  expect(events).toMatchObject([
    { arn: ARN, service: "RDS", updatedMs: time * 1000 },
    { arn: "b", startMs: time * 1000, endMs: (time + 60) * 1000, updatedMs: time * 1000 },
  ]);
  expect(aws.calls.map(([action]) => action)).toEqual(["DescribeEvents", "DescribeEvents"]);
  expect(aws.calls[1]?.[1]).toMatchObject({ maxResults: 100, nextToken: "t" });
});

it("reads description and entities of the account's event", async () => {
  aws.answers.push({ body: { successfulSet: [{ eventDescription: { latestDescription: "It fails." } }] } });
  aws.answers.push({ body: { entities: [{ entityValue: "db-1", statusCode: "IMPAIRED" }] } });
  const reads = healthReads({ organization: false, resolveCname });
  expect(await reads.description({ arn: ARN }, signal)).toBe("It fails.");
  expect(await reads.entities({ arn: ARN }, signal)).toEqual([{ value: "db-1", status: "IMPAIRED" }]);
  expect(await reads.accounts(ARN, signal)).toEqual([]);
  expect(aws.calls).toEqual([
    ["DescribeEventDetails", { eventArns: [ARN] }],
    ["DescribeAffectedEntities", { filter: { eventArns: [ARN] }, maxResults: 100 }],
  ]);
});

it("reads the organization's view", async () => {
  aws.answers.push({ body: { events: [{ arn: ARN }] } });
  aws.answers.push({ body: { affectedAccounts: ["111122223333"] } });
  aws.answers.push({ body: { successfulSet: [] } });
  aws.answers.push({ body: { entities: [{ entityValue: "db-1" }] } });
  const reads = healthReads({ organization: true, resolveCname });
  const event = { arn: ARN, account: "111122223333" };
  expect(await reads.events(0, signal)).toHaveLength(1);
  expect(await reads.accounts(ARN, signal)).toEqual(["111122223333"]);
  expect(await reads.description(event, signal)).toBe("");
  expect(await reads.entities(event, signal)).toEqual([{ value: "db-1", status: "" }]);
  const filter = { eventArn: ARN, awsAccountId: "111122223333" };
  expect(aws.calls).toMatchObject([
    ["DescribeEventsForOrganization", { filter: { lastUpdatedTime: { from: 0 } } }],
    ["DescribeAffectedAccountsForOrganization", { eventArn: ARN }],
    ["DescribeEventDetailsForOrganization", { organizationEventDetailFilters: [filter] }],
    ["DescribeAffectedEntitiesForOrganization", { organizationEntityAccountFilters: [filter] }],
  ]);
});

it("names the refusal of a plan without the API", async () => {
  aws.answers.push({ status: 400, body: { __type: "SubscriptionRequiredException", message: "no plan" } });
  const reads = healthReads({ organization: false, resolveCname });
  await expect(reads.events(0, signal)).rejects.toMatchObject({ awsName: "SubscriptionRequiredException" });
});
