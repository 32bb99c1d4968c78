import * as z from "zod";

/** An AWS region's code, such as eu-west-1. */
export const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region is written as in eu-west-1");

/** An AWS account's id. */
export const AccountId = z
  .string("an account id stands in quotes")
  .regex(/^\d{12}$/, "an account id has twelve digits");

/** An S3 bucket's name. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const BucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name is 3 to 63 lower-case letters, digits, dots, hyphens");

/** A log group's exact name. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const LogGroupName = z
  .string()
  .regex(/^[\w./#-]{1,512}$/, "a log group's name is 1 to 512 of A-Z a-z 0-9 _ - / . #");
