/** A template as it is synthesized. */
export interface TemplateJson {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Where a template is imagined to be deployed. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Values of the Parameter Store, by their names. */
  readonly parameters?: Readonly<Record<string, string>>;
}

type Ids = { readonly type: string; readonly name: string; readonly place: Place };

/** How ARNs of resources are made of their names; what is not here is not asked for. */
const ARNS: Readonly<Record<string, (ids: Ids) => string>> = {
  "AWS::DynamoDB::Table": arnOf("dynamodb", "table/"),
  "AWS::Events::EventBus": arnOf("events", "event-bus/"),
  "AWS::Events::Rule": arnOf("events", "rule/"),
  "AWS::IAM::Role": ({ name, place }) => `arn:aws:iam::${place.account}:role/${name}`,
  "AWS::KMS::Key": arnOf("kms", "key/"),
  "AWS::Kinesis::Stream": arnOf("kinesis", "stream/"),
  "AWS::KinesisFirehose::DeliveryStream": arnOf("firehose", "deliverystream/"),
  "AWS::Lambda::Function": arnOf("lambda", "function:"),
  "AWS::Logs::LogGroup": ({ name, place }) => `arn:aws:logs:${place.region}:${place.account}:log-group:${name}:*`,
  "AWS::Logs::Destination": arnOf("logs", "destination:"),
  "AWS::OpenSearchService::Domain": arnOf("es", "domain/"),
  "AWS::S3::Bucket": ({ name }) => `arn:aws:s3:::${name}`,
  "AWS::SNS::Topic": arnOf("sns", ""),
  // Secrets Manager adds a hyphen and six characters to the name.
  "AWS::SecretsManager::Secret": ({ name, place }) =>
    arnOf("secretsmanager", "secret:")({ type: "", name: `${name}-AbCdEf`, place }),
  "AWS::SQS::Queue": arnOf("sqs", ""),
  "AWS::StepFunctions::StateMachine": arnOf("states", "stateMachine:"),
};

function arnOf(service: string, before: string): (ids: Ids) => string {
  return ({ name, place }) => `arn:aws:${service}:${place.region}:${place.account}:${before}${name}`;
}

/** The properties that hold a resource's name. */
const NAMES = [
  "BucketName",
  "QueueName",
  "FunctionName",
  "TableName",
  "RoleName",
  "LogGroupName",
  "DeliveryStreamName",
  "DestinationName",
  "DomainName",
  "StateMachineName",
  "TopicName",
  "Name",
];

/** The value that a part of a template has once it is deployed at a place. Raises an error for a function or an attribute that it does not know. */
export function resolveIn(template: TemplateJson, place: Place): (value: unknown) => unknown {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const [[key, argument] = ["", undefined], ...more] = Object.entries(value);
    if (more.length === 0 && (key === "Ref" || key.startsWith("Fn::"))) return call(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
  };
  const call = (key: string, argument: unknown): unknown => {
    switch (key) {
      case "Ref":
        return reference(String(argument));
      case "Fn::GetAtt":
        return attribute(argument as readonly [string, string]);
      case "Fn::Join": {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => String(resolve(part))).join(separator);
      }
      case "Fn::Select": {
        const [index, list] = argument as [number, unknown];
        return (resolve(list) as unknown[])[Number(index)];
      }
      case "Fn::Split": {
        const [separator, text] = argument as [string, unknown];
        return String(resolve(text)).split(separator);
      }
      case "Fn::Sub": {
        const [text, values] = (typeof argument === "string" ? [argument, {}] : argument) as [string, object];
        const known = values as Readonly<Record<string, unknown>>;
        return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
          if (name in known) return String(resolve(known[name]));
          const [id = "", attributeName] = name.split(".");
          return attributeName === undefined ? reference(id) : attribute([id, attributeName]);
        });
      }
      default:
        throw new Error(`the template uses ${key}, which this does not resolve`);
    }
  };
  const reference = (id: string): string => {
    const pseudo: Record<string, string> = {
      "AWS::AccountId": place.account,
      "AWS::Region": place.region,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": "stack",
    };
    const parameter = template.Parameters?.[id]?.Default;
    if (parameter !== undefined) return place.parameters?.[parameter] ?? parameter;
    return pseudo[id] ?? nameOf(id);
  };
  const nameOf = (id: string): string => {
    const properties = template.Resources[id]?.Properties ?? {};
    const key = NAMES.find((name) => name in properties);
    return key === undefined ? id : String(resolve(properties[key]));
  };
  const attribute = ([id, name]: readonly [string, string]): string => {
    const type = template.Resources[id]?.Type ?? "";
    const arn = ARNS[type];
    if ((name.endsWith("Arn") || (name === "Id" && type === "AWS::SecretsManager::Secret")) && arn !== undefined)
      return arn({ type, name: nameOf(id), place });
    return `${id}.${name}`;
  };
  return resolve;
}
