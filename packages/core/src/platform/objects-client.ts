import { awsCall } from "./aws-call.ts";
import { s3Client } from "./clients.ts";

/** An object as a list of its bucket has it. */
export interface ListedObject {
  readonly key: string;
  /** Its ETag, without quotes. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
}

/** Some objects of a list, in the order of the bytes of their keys. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  readonly isLast: boolean;
}

/** Lists the objects of one bucket under a prefix, those after a key when one is given, a thousand at most. Raises what reading it raises. */
export type ListObjects = (prefix: string, after: string | undefined, signal: AbortSignal) => Promise<ObjectPage>;

/** ListObjectsV2 of a bucket. Raises AwsCallError. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function s3List(bucket: string, region?: string): ListObjects {
  return async (prefix, after, signal) => {
    const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
    const client = await s3Client(region);
    const input = { Bucket: bucket, Prefix: prefix, ...(after === undefined ? {} : { StartAfter: after }) };
    const answer = await awsCall("s3:ListBucket", () =>
      client.send(new ListObjectsV2Command(input), { abortSignal: signal }),
    );
    const objects = (answer.Contents ?? []).map(({ Key = "", ETag = "", LastModified }) => ({
      key: Key,
      version: ETag.replaceAll('"', ""),
      modifiedMs: LastModified?.getTime() ?? 0,
    }));
    return { objects, isLast: answer.IsTruncated !== true };
  };
}

/** Puts an object with a media type into one bucket. Raises what the client raises. */
export type PutTypedObject = (key: string, body: Uint8Array, contentType: string, signal: AbortSignal) => Promise<void>;

/** PutObject of a bucket, whose own default decides on encryption. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function s3PutTyped(bucket: string, region?: string): PutTypedObject {
  return async (key, body, contentType, signal) => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(region);
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType });
    await awsCall("s3:PutObject", () => client.send(command, { abortSignal: signal }));
  };
}
