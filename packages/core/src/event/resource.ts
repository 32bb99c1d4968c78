/** Where a payload's records come from, as the envelope, the subscription or the object's key say it. */
export interface Resource {
  /** Twelve-digit AWS account id; empty when the carrier does not say it. */
  readonly account: string;
  /** Region code such as `eu-central-1`. */
  readonly region: string;
  /** True when no envelope, name or configuration gave the region and the function's own was taken. */
  readonly regionAssumed: boolean;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly subscriptionFilters?: readonly string[];
  /** Set for lines of an object: bucket name, decoded key and version id (or ETag). */
  readonly object?: { readonly bucket: string; readonly key: string; readonly version: string };
  /** Set for bare records of a stream or delivery stream: its ARN or name. */
  readonly stream?: string;
}
