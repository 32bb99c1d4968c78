/** How OpenSearch indexes a field. `flat` takes an object of any members without a mapping for each; `stored` is kept and shown, not searched. */
export type FieldType = "keyword" | "text" | "long" | "double" | "date" | "boolean" | "ip" | "flat" | "stored";

/** By type: dotted paths, apart by spaces. */
type FieldTable = Partial<Record<FieldType, string>>;

const endpoint = (name: string): string => `${name}.port ${name}.bytes ${name}.packets ${name}.as.number`;

/** Fields of every class: those that the envelope gives, and ECS fields that any parser may find. https://www.elastic.co/guide/en/ecs/8.11/ecs-field-reference.html */
const COMMON: FieldTable = {
  date: "@timestamp event.created event.start event.end event.ingested",
  keyword: [
    "belfry.id belfry.set_aside ecs.version tags log.level log.logger log.origin.file.name log.origin.function",
    "event.dataset event.kind event.category event.type event.outcome event.action event.id event.provider event.code event.reason",
    "cloud.provider cloud.account.id cloud.account.name cloud.region cloud.availability_zone cloud.instance.id cloud.service.name",
    "service.name service.version service.environment host.name host.hostname process.name process.thread.name faas.name faas.execution",
    "aws.cloudwatch.log_group aws.cloudwatch.log_stream aws.kinesis.name aws.s3.bucket.name aws.s3.object.key",
    "trace.id transaction.id span.id error.type error.code error.id",
    "user.id user.name user.target.name user.changes.name group.id group.name related.user related.hosts",
    "source.address source.domain source.as.organization.name destination.address destination.domain destination.as.organization.name",
    "client.address server.address network.transport network.type network.direction network.protocol network.iana_number network.community_id",
    "url.full url.path url.domain url.scheme http.request.method http.request.id http.version user_agent.original user_agent.name",
    "user_agent.version user_agent.device.name user_agent.os.name user_agent.os.version user_agent.os.full",
  ].join(" "),
  text: "message error.message",
  ip: "source.ip destination.ip client.ip server.ip related.ip",
  long: [
    `event.duration event.severity event.sequence process.pid log.origin.file.line network.bytes network.packets`,
    `${endpoint("source")} ${endpoint("destination")} client.port server.port`,
    "http.response.status_code http.request.bytes http.response.bytes",
  ].join(" "),
  flat: "labels",
  stored: "event.original error.stack_trace",
};

/** What a class has besides. */
const BY_CLASS: Readonly<Record<string, FieldTable>> = {
  "aws.vpcflow": {
    keyword: paths(
      "aws.vpcflow",
      "version account_id interface_id action log_status vpc_id subnet_id instance_id type tcp_flags tcp_flags_array",
      "pkt_src_service pkt_dst_service traffic_path sublocation.type sublocation.id reject_reason resource_id encryption_status",
      "ecs.cluster.arn ecs.cluster.name ecs.container_instance.arn ecs.container_instance.id ecs.container.id ecs.second_container.id",
      "ecs.service.name ecs.task_definition.arn ecs.task.arn ecs.task.id",
    ),
    ip: paths("aws.vpcflow", "pkt_srcaddr pkt_dstaddr"),
    flat: "aws.vpcflow.fields",
  },
  "aws.cloudtrail": {
    keyword: paths(
      "aws.cloudtrail",
      "event_version event_type event_category error_code request_id api_version recipient_account_id shared_event_id vpc_endpoint_id management_event",
      "user_identity.type user_identity.arn user_identity.principal_id user_identity.account_id user_identity.access_key_id user_identity.invoked_by",
      "user_identity.session_context.mfa_authenticated user_identity.session_context.session_issuer.type",
      "user_identity.session_context.session_issuer.arn user_identity.session_context.session_issuer.principal_id",
      "user_identity.session_context.session_issuer.account_id resources.arn resources.type resources.account_id",
    ),
    date: "aws.cloudtrail.user_identity.session_context.creation_date",
    boolean: "aws.cloudtrail.read_only",
    text: "aws.cloudtrail.error_message",
    flat: "aws.cloudtrail.flattened aws.cloudtrail.digest",
  },
  "aws.lambda": {
    keyword:
      paths("aws.lambda", "request_id function_name function_version log_type event.type status runtime_version") +
      " faas.version faas.id",
    double: paths("aws.lambda", "duration_ms init_duration_ms restore_duration_ms"),
    long: paths("aws.lambda", "billed_duration_ms memory_size_mb max_memory_used_mb memory_limit_mb"),
    flat: "app aws.lambda.record",
  },
  "app.json": { flat: "app" },
  "app.text": {},
};

function paths(parent: string, ...lists: readonly string[]): string {
  return lists
    .join(" ")
    .split(" ")
    .map((name) => `${parent}.${name}`)
    .join(" ");
}

/** The classes that have mappings of their own. */
export const MAPPED_CLASSES: readonly string[] = Object.keys(BY_CLASS);

/** Dotted paths of a class with their types; for a class without own mapping the common ones and `app`. */
export function fieldsOf(dataset: string | undefined): Map<string, FieldType> {
  const own = dataset === undefined ? { flat: "app" } : (BY_CLASS[dataset] ?? {});
  const fields = new Map<string, FieldType>();
  for (const table of [COMMON, own]) {
    for (const [type, list] of Object.entries(table))
      for (const field of list.split(" ")) fields.set(field, type as FieldType);
  }
  return fields;
}
