import { Random } from "../random.ts";

/** One region of one account, as its logs show it: the machines, people and keys whose names come back in line after line. */
export interface Fleet {
  readonly random: Random;
  readonly account: string;
  readonly region: string;
  readonly publicAddresses: readonly string[];
  readonly privateAddresses: readonly string[];
  readonly interfaces: readonly string[];
  readonly instances: readonly string[];
  readonly vpcs: readonly string[];
  readonly subnets: readonly string[];
  readonly roles: readonly string[];
  readonly people: readonly string[];
  readonly accessKeys: readonly string[];
  readonly requests: readonly string[];
}

const ACCOUNTS = ["123456789012", "210987654321", "345678901234"] as const;
const REGIONS = ["ap-northeast-2", "us-east-1", "eu-west-1"] as const;
const ROLES = ["app", "ci", "etl", "web", "batch", "admin", "audit", "api", "ml", "data", "edge", "ops"] as const;

/** Makes the fleet that a seed stands for. */
export function fleet(seed: number): Fleet {
  const random = new Random(seed);
  return {
    random,
    account: random.pick(ACCOUNTS),
    region: random.pick(REGIONS),
    publicAddresses: random.list(400, () => publicAddress(random)),
    privateAddresses: random.list(
      60,
      () => `10.${random.integer(0, 3)}.${random.integer(0, 255)}.${random.integer(4, 254)}`,
    ),
    interfaces: random.list(60, () => `eni-0${random.hex(16)}`),
    instances: random.list(60, () => `i-0${random.hex(16)}`),
    vpcs: random.list(4, () => `vpc-0${random.hex(16)}`),
    subnets: random.list(9, () => `subnet-0${random.hex(16)}`),
    roles: ROLES.map((name) => `${name}-role-${random.hex(4)}`),
    people: random.list(20, () => email(random)),
    accessKeys: random.list(24, () => accessKeyId(random, "ASIA")),
    requests: random.list(4, () => random.uuid()),
  };
}

/** An access key id; `ASIA` are temporary ones, `AKIA` those of users. */
export function accessKeyId(random: Random, prefix: "AKIA" | "ASIA"): string {
  return prefix + random.base32(16);
}

export function email(random: Random): string {
  const first = random.pick(["jane", "john", "mina", "ops", "billing", "hyun", "sofia", "li"]);
  const last = random.pick(["doe", "kim", "lee", "garcia", "ivanov", "smith"]);
  return `${first}.${last}${random.integer(1, 99)}@${random.pick(["example.com", "mail.example.org", "corp.example.net"])}`;
}

/** A card number with a right check digit (ISO/IEC 7812-1, Luhn). */
export function cardNumber(random: Random): string {
  const prefix = random.pick(["4", "51", "37"]);
  const length = prefix === "37" ? 15 : 16;
  const body = prefix + random.digits(length - prefix.length - 1);
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i]);
    const weighed = i % 2 === 0 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return body + ((10 - (sum % 10)) % 10);
}

const USER_AGENTS = [
  "aws-cli/2.17.60 md/awscrt#0.21.2 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard md/command#ec2.describe-instances",
  "Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#5.10.218 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython exec-env/AWS_Lambda_python3.11 cfg/retry-mode#legacy",
  "aws-sdk-js/3.600.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#20.14.0 api/sts#3.600.0 exec-env/AWS_Lambda_nodejs20.x m/E",
  "ecs.amazonaws.com",
  "autoscaling.amazonaws.com",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.186 OpenJDK_64-Bit_Server_VM/25.372-b08 java/1.8.0_372]",
] as const;

export function userAgent(random: Random): string {
  return random.pick(USER_AGENTS);
}

/** A trace id as X-Ray prints it. */
export function traceId(random: Random): string {
  return `1-${random.hex(8)}-${random.hex(24)}`;
}

function publicAddress(random: Random): string {
  return `${random.integer(1, 223)}.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`;
}
