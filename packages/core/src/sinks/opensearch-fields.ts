import type { DATASETS } from "../config/datasets.ts";

type Dataset = (typeof DATASETS)[number];

/** How OpenSearch indexes a field; `flat` takes an object of any members without a mapping for each. */
export type FieldType = "keyword" | "text" | "long" | "double" | "date" | "boolean" | "ip" | "flat";

/** By type: dotted paths, apart by spaces. */
type FieldTable = Partial<Record<FieldType, string>>;

/** Fields of every class: those that the envelope gives, and ECS fields that any parser may find. https://www.elastic.co/guide/en/ecs/8.11/ecs-field-reference.html */
const COMMON: FieldTable = {
  date: "@timestamp event.created event.start event.end event.ingested",
  keyword: `belfry.id belfry.set_aside ecs.version tags log.level log.logger log.origin.file.name log.origin.function
    event.dataset event.kind event.category event.type event.outcome event.action event.id event.provider event.code event.reason
    cloud.provider cloud.account.id cloud.account.name cloud.region cloud.availability_zone cloud.instance.id cloud.service.name
    service.name service.version service.environment host.name host.hostname process.name process.thread.name
    faas.name faas.version faas.id faas.execution trace.id transaction.id span.id error.type error.code error.id
    aws.cloudwatch.log_group aws.cloudwatch.log_stream aws.kinesis.name aws.s3.bucket.name aws.s3.object.key
    user.id user.name user.target.id user.target.name user.changes.name group.id group.name related.user related.hosts
    source.address source.domain source.as.organization.name destination.address destination.domain destination.as.organization.name
    client.address server.address network.transport network.type network.direction network.protocol network.iana_number network.community_id
    url.full url.path url.domain url.scheme http.request.method http.request.id http.version file.path
    tls.cipher tls.version tls.version_protocol tls.client.server_name
    user_agent.original user_agent.name user_agent.version user_agent.device.name user_agent.os.name user_agent.os.version user_agent.os.full`,
  text: "message error.message error.stack_trace",
  ip: "source.ip destination.ip client.ip server.ip related.ip",
  long: `event.duration event.severity event.sequence process.pid log.origin.file.line network.bytes network.packets
    source.port source.bytes source.packets source.as.number destination.port destination.bytes destination.packets destination.as.number
    client.port server.port http.response.status_code http.request.bytes http.response.bytes`,
  boolean: "faas.coldstart",
  flat: "labels aws.cloudwatch.extracted_fields",
};

/** What a class has besides; members of CloudTrail's own objects and of applications' logs are nobody's to list. */
const BY_CLASS: Readonly<Record<Dataset, FieldTable>> = {
  "aws.vpcflow": {
    keyword: below(
      "aws.vpcflow",
      `version account_id interface_id interface_type action log_status vpc_id subnet_id instance_id type tcp_flags tcp_flags_array
      pkt_src_service pkt_dst_service traffic_path sublocation.type sublocation.id reject_reason resource_id resource_type encryption_status
      ecs_cluster_arn ecs_cluster_name ecs_container_instance_arn ecs_container_instance_id ecs_container_id ecs_second_container_id
      ecs_service_name ecs_task_definition_arn ecs_task_arn ecs_task_id instance_tag instance_tag_2 interface_tag interface_tag_2
      asg_tag asg_tag_2 next_hop_interface_id next_hop_interface_type next_hop_subnet_id next_hop_az_id next_hop_vpc_id
      tgw_id tgw_attachment_id tgw_pair_attachment_id tgw_src_vpc_account_id tgw_dst_vpc_account_id tgw_src_vpc_id tgw_dst_vpc_id
      tgw_src_subnet_id tgw_dst_subnet_id tgw_src_eni tgw_dst_eni tgw_src_az_id tgw_dst_az_id unparsed
      srcaddr dstaddr srcport dstport protocol packets bytes start end region az_id flow_direction sublocation_type sublocation_id
      pkt_src_aws_service pkt_dst_aws_service`,
    ),
    long: below(
      "aws.vpcflow",
      "packets_lost_no_route packets_lost_blackhole packets_lost_mtu_exceeded packets_lost_ttl_expired",
    ),
    ip: below("aws.vpcflow", "pkt_srcaddr pkt_dstaddr"),
  },
  "aws.cloudtrail": {
    keyword: below(
      "aws.cloudtrail",
      `event_version event_type event_category error_code request_id api_version recipient_account_id shared_event_id
      vpc_endpoint_id vpc_endpoint_account_id resources.arn resources.type resources.account_id
      user_identity.type user_identity.arn user_identity.access_key_id user_identity.invoked_by user_identity.identity_provider
      user_identity.credential_id user_identity.user_id user_identity.session_context.source_identity
      user_identity.session_context.ec2_role_delivery user_identity.session_context.mfa_authenticated
      user_identity.session_context.session_issuer.type user_identity.session_context.session_issuer.arn
      user_identity.session_context.session_issuer.principal_id user_identity.session_context.session_issuer.account_id
      console_login.additional_eventdata.login_to`,
    ),
    boolean: below(
      "aws.cloudtrail",
      `read_only management_event session_credential_from_console
      console_login.additional_eventdata.mfa_used console_login.additional_eventdata.mobile_version`,
    ),
    date: "aws.cloudtrail.user_identity.session_context.creation_date",
    text: "aws.cloudtrail.error_message",
    flat: "aws.cloudtrail.flattened",
  },
  "aws.lambda": {
    keyword: below(
      "aws.lambda",
      "status error_type phase initialization_type runtime_version runtime_version_arn extension.name extension.state",
    ),
    double: below(
      "aws.lambda",
      `duration_ms billed_duration_ms init_duration_ms restore_duration_ms billed_restore_duration_ms
      memory_size_mb max_memory_used_mb produced_bytes`,
    ),
    flat: "app",
  },
  "app.json": { flat: "app" },
  "app.text": {},
};

function below(parent: string, list: string): string {
  return words(list)
    .map((name) => `${parent}.${name}`)
    .join(" ");
}

function words(list: string): string[] {
  return list.split(/\s+/);
}

/** The classes that have mappings of their own. */
export const MAPPED_CLASSES: readonly string[] = Object.keys(BY_CLASS);

/** Dotted paths of a class with their types; undefined stands for classes that are not listed, which have the common fields and `app`. */
export function fieldsOf(dataset: string | undefined): Map<string, FieldType> {
  const own: FieldTable = BY_CLASS[dataset as Dataset] ?? { flat: "app" };
  const fields = new Map<string, FieldType>();
  for (const table of [COMMON, own]) {
    for (const [type, list] of Object.entries(table)) {
      for (const field of words(list)) fields.set(field, type as FieldType);
    }
  }
  return fields;
}
