import { resolveIn, type TemplateJson, type TemplateResource } from "./resolve-template.ts";

/** The templates of one stage, by their stacks' names. */
export type Templates = ReadonlyMap<string, TemplateJson>;

interface Node {
  readonly id: string;
  readonly stack: string;
  readonly label: string;
  readonly service: string | undefined;
  readonly name: string;
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";

/** Where it is imagined to be deployed, with what the search stack would publish. */
const PLACE = {
  account: ACCOUNT,
  region: REGION,
  parameters: { "/belfry/prod/search-arn": `arn:aws:aoss:${REGION}:${ACCOUNT}:collection/belfry-prod-logs` },
};

interface Shown {
  /** Stands before a part's name. */
  readonly word: string;
  /** As ARNs write it; absent where nothing is sent to. */
  readonly service?: string;
}

/** What is shown: the parts that data goes through. */
const SHOWN: Readonly<Record<string, Shown>> = {
  "AWS::DynamoDB::Table": { word: "table", service: "dynamodb" },
  "AWS::Events::EventBus": { word: "bus", service: "events" },
  "AWS::Events::Rule": { word: "rule" },
  "AWS::Kinesis::Stream": { word: "stream", service: "kinesis" },
  "AWS::KinesisFirehose::DeliveryStream": { word: "delivery stream", service: "firehose" },
  "AWS::Lambda::Function": { word: "function", service: "lambda" },
  "AWS::Logs::AccountPolicy": { word: "subscription of the account" },
  "AWS::Logs::Destination": { word: "destination", service: "logs" },
  "AWS::OpenSearchServerless::Collection": { word: "collection", service: "aoss" },
  "AWS::OpenSearchService::Domain": { word: "domain", service: "es" },
  "AWS::S3::Bucket": { word: "bucket", service: "s3" },
  "AWS::SNS::Topic": { word: "topic", service: "sns" },
  "AWS::SQS::Queue": { word: "queue", service: "sqs" },
  "AWS::Scheduler::Schedule": { word: "schedule" },
  "AWS::StepFunctions::StateMachine": { word: "state machine", service: "states" },
};

/** Dead-letter queues are of every rule and schedule, and would hide what the picture is for. */
const HIDDEN = /-dlq$/;

/** What data flows by; permissions to look something up are no flow. */
const FLOWS =
  /:(Put|Publish|SendMessage|Invoke|StartExecution|CreateExportTask|UpdateItem|ESHttpPost|APIAccessAll|GetRecords|ReceiveMessage|GetObject)/;

/** Flows that go from the resource to who asks for them. */
const READS = /:(GetRecords|ReceiveMessage|GetObject)/;

/** A Mermaid flowchart of what a stage deploys: its parts by stack, and what sends to what, read from sources, targets and roles' policies. https://mermaid.js.org/syntax/flowchart.html */
export function pictureOf(templates: Templates): string {
  const resolved = [...templates].map(([stack, template]) => ({ stack, resources: resourcesOf(template) }));
  const nodes = resolved.flatMap(({ stack, resources }) =>
    resources.flatMap(([id, resource]) => nodeOf(stack, id, resource)),
  );
  const all = resolved.flatMap(({ stack, resources }) => edgesOf(stack, resources, nodes));
  const { nodes: shown, edges } = withRulesTogether(nodes, all);
  const lines = ["flowchart LR"];
  for (const { stack } of resolved) {
    // What nothing is known to flow to or from would only float beside the picture.
    const own = shown.filter(
      ({ id, stack: of }) => of === stack && edges.some(({ from, to }) => from === id || to === id),
    );
    if (own.length === 0) continue;
    lines.push(`  subgraph ${stack.replaceAll(/\W/g, "_")}["${stack}"]`);
    lines.push(...own.map(({ id, label }) => `    ${id}["${label}"]`), "  end");
  }
  const drawn = new Set(edges.map(({ from, to }) => `  ${from} --> ${to}`));
  return [...lines, ...[...drawn].sort()].join("\n");
}

/** A stack has dozens of rules that send to the same targets: they become one part. */
function withRulesTogether(nodes: readonly Node[], edges: readonly Edge[]): { nodes: Node[]; edges: Edge[] } {
  const groups = Map.groupBy(
    nodes.filter(({ label }) => label.startsWith("rule<")),
    ({ id, stack }) => [stack, ...edges.filter(({ from }) => from === id).map(({ to }) => to)].join(" "),
  );
  const joined = new Map<string, Node>();
  for (const [first, ...others] of groups.values()) {
    const label = others.length === 0 ? first.label : `${others.length + 1} rules`;
    for (const rule of [first, ...others]) joined.set(rule.id, { ...first, label });
  }
  return {
    nodes: nodes.flatMap((node) => {
      const rule = joined.get(node.id);
      if (rule === undefined) return [node];
      return rule.id === node.id ? [rule] : [];
    }),
    edges: edges.map(({ from, to }) => ({ from: joined.get(from)?.id ?? from, to })),
  };
}

function resourcesOf(template: TemplateJson): [string, TemplateResource][] {
  const resolve = resolveIn(template, PLACE);
  return Object.entries(template.Resources).map(([id, { Type, Properties = {} }]) => [
    id,
    { Type, Properties: resolve(Properties) as Record<string, unknown> },
  ]);
}

function nodeOf(stack: string, id: string, { Type: type, Properties: properties = {} }: TemplateResource): Node[] {
  const shown = SHOWN[type];
  const name = nameOf(properties);
  if (shown === undefined || HIDDEN.test(name)) return [];
  const short = name.replace(/^belfry-prod-/, "").replace(/-111122223333-.*$/, "");
  return [
    {
      id: `${stack}_${id}`.replaceAll(/\W/g, "_"),
      stack,
      label: `${shown.word}<br>${short}`,
      service: shown.service,
      name,
    },
  ];
}

const NAME_KEYS = [
  "FunctionName",
  "BucketName",
  "TableName",
  "QueueName",
  "TopicName",
  "DeliveryStreamName",
  "DestinationName",
  "DomainName",
  "StateMachineName",
  "PolicyName",
  "Name",
];

function nameOf(properties: Readonly<Record<string, unknown>>): string {
  const key = NAME_KEYS.find((candidate) => candidate in properties);
  return key === undefined ? "" : String(properties[key]);
}

/** The part that an ARN means, or something below it; functions are also meant by their names. */
function find(nodes: readonly Node[], arn: string): Node | undefined {
  const [, , service, , , ...rest] = arn.split(":");
  const path = rest.join("/").split("/");
  return nodes.find((node) => {
    if (node.service === undefined || node.name === "") return false;
    return node.service === service ? path.includes(node.name) : node.service === "lambda" && arn === node.name;
  });
}

function edgesOf(stack: string, resources: readonly [string, TemplateResource][], all: readonly Node[]): Edge[] {
  // Regions have parts of the same name: the stack's own is meant first.
  const nodes = all.toSorted((a, b) => Number(b.stack === stack) - Number(a.stack === stack));
  const roles = new Map(
    resources
      .filter(([, { Type }]) => Type === "AWS::IAM::Role")
      .map(([, { Properties = {} }]) => [nameOfRole(Properties), Properties]),
  );
  return resources.flatMap(([id, { Type: type, Properties: properties = {} }]) => {
    const self = nodes.find((node) => node.stack === stack && node.id === `${stack}_${id}`.replaceAll(/\W/g, "_"));
    const link = (from: Node | undefined, to: Node | undefined): Edge[] =>
      from === undefined || to === undefined || from === to ? [] : [{ from: from.id, to: to.id }];
    if (type === "AWS::Lambda::EventSourceMapping") {
      return link(find(nodes, String(properties.EventSourceArn)), find(nodes, String(properties.FunctionName)));
    }
    if (self === undefined) return [];
    const targets = [...textsOf(type, properties)].flatMap((text) => link(self, find(nodes, text)));
    const role = roles.get(roleOf(properties));
    // A delivery stream reads its bucket only to see whether it is there.
    const flows = role === undefined ? [] : flowsOf(self, role, nodes, link);
    return [
      ...targets,
      ...(type === "AWS::KinesisFirehose::DeliveryStream" ? flows.filter(({ to }) => to !== self.id) : flows),
    ];
  });
}

/** The texts of a part that name what it sends to by itself. */
function* textsOf(type: string, properties: Readonly<Record<string, unknown>>): Generator<string> {
  if (type === "AWS::Events::Rule") {
    for (const { Arn } of (properties.Targets ?? []) as { Arn: string }[]) yield Arn;
  }
  if (type === "AWS::Scheduler::Schedule") yield String((properties.Target as { Arn: string }).Arn);
  if (type === "AWS::Logs::Destination") yield String(properties.TargetArn);
  if (type === "AWS::Logs::AccountPolicy") {
    yield String((JSON.parse(String(properties.PolicyDocument)) as { DestinationArn: string }).DestinationArn);
  }
}

function flowsOf(
  self: Node,
  role: Readonly<Record<string, unknown>>,
  nodes: readonly Node[],
  link: (from: Node | undefined, to: Node | undefined) => Edge[],
): Edge[] {
  const policies = (role.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument: document }) =>
    document.Statement.flatMap(({ Action, Resource }) => {
      const actions = listOf(Action).filter((action) => FLOWS.test(action));
      return actions.flatMap((action) =>
        listOf(Resource).flatMap((resource) => {
          const other = find(nodes, resource);
          return READS.test(action) ? link(other, self) : link(self, other);
        }),
      );
    }),
  );
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

function listOf(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}

function nameOfRole(properties: Readonly<Record<string, unknown>>): string {
  return String(properties.RoleName ?? "");
}

/** The name of the role that a part works by. */
function roleOf(properties: Readonly<Record<string, unknown>>): string {
  const delivery = properties.ExtendedS3DestinationConfiguration as { RoleARN?: string } | undefined;
  const arn = properties.Role ?? properties.RoleArn ?? delivery?.RoleARN ?? "";
  return String(arn).split("/").at(-1) ?? "";
}
