import { expect, it } from "vitest";
import { pictureOf } from "../../../scripts/templates/picture.ts";

const role = (name: string, action: string, resource: string) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: name,
    Policies: [{ PolicyDocument: { Statement: [{ Effect: "Allow", Action: action, Resource: resource }] } }],
  },
});

const TEMPLATES = new Map([
  [
    "Ingest",
    {
      Resources: {
        Logs: { Type: "AWS::Kinesis::Stream", Properties: { Name: "belfry-prod-logs" } },
        Unused: { Type: "AWS::DynamoDB::Table", Properties: { TableName: "belfry-prod-state" } },
        Reader: {
          Type: "AWS::Lambda::Function",
          Properties: { FunctionName: "belfry-prod-reader", Role: "arn:aws:iam::111122223333:role/reader" },
        },
        ReaderRole: role("reader", "s3:PutObject", "arn:aws:s3:::belfry-prod-archive/logs/*"),
        Mapping: {
          Type: "AWS::Lambda::EventSourceMapping",
          Properties: { EventSourceArn: { "Fn::GetAtt": ["Logs", "Arn"] }, FunctionName: { Ref: "Reader" } },
        },
      },
    },
  ],
  [
    "Foundation",
    { Resources: { Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "belfry-prod-archive" } } } },
  ],
]);

it("draws what flows from source to function, and by its role on to others", () => {
  const lines = pictureOf(TEMPLATES).split("\n");
  expect(lines).toContain('    Ingest_Reader["function<br>reader"]');
  expect(lines.filter((line) => line.includes("-->"))).toEqual([
    "  Ingest_Logs --> Ingest_Reader",
    "  Ingest_Reader --> Foundation_Bucket",
  ]);
});

it("leaves out what nothing flows through", () => {
  expect(pictureOf(TEMPLATES)).not.toContain("state");
});
