import type { OpenSearchService } from "../platform/clients.ts";
import type { HttpResponse, SendHttp } from "../platform/http.ts";
import { readErrorAnswer } from "./bulk-answer.ts";
import { DEFAULT_RETENTION_DAYS, indexPrefix, type RetentionDays } from "./index-name.ts";
import { call, expectOk, isMissingPlugin } from "./opensearch-call.ts";
import { type FieldType, fieldsOf, MAPPED_CLASSES } from "./opensearch-fields.ts";
import { mapRoles, READER, WRITER } from "./opensearch-roles.ts";

/** Values longer than this are kept and shown, not searched: a Lucene term has at most 32,766 bytes. https://docs.opensearch.org/latest/field-types/mapping-parameters/ignore-above/ */
const IGNORE_ABOVE = 1024;

/** More fields than a class has; what would make more is refused, not indexed. */
const MAX_FIELDS = 1000;

const TYPES: Readonly<Record<FieldType, object>> = {
  keyword: { type: "keyword", ignore_above: IGNORE_ABOVE },
  text: { type: "text", norms: false },
  long: { type: "long" },
  double: { type: "double" },
  date: { type: "date" },
  boolean: { type: "boolean" },
  ip: { type: "ip" },
  flat: { type: "flat_object" },
};

interface Mapping {
  properties: Record<string, Mapping | object>;
}

/** https://docs.opensearch.org/latest/im-plugin/index-templates/ */
interface IndexTemplate {
  readonly index_patterns: string[];
  readonly priority: number;
  readonly template: { readonly settings: object; readonly mappings: object };
}

/**
 * The index template of a class (`belfry-<class>-*`), or of all others (`belfry-*`). No field is added by what documents hold (`dynamic: false`), so their
 * variety cannot make mappings explode: what is not listed is kept and shown; open objects are searchable as `flat_object`.
 */
export function indexTemplate(dataset: string | undefined): IndexTemplate {
  const mapping: Mapping = { properties: {} };
  for (const [field, type] of fieldsOf(dataset)) place(mapping, field.split("."), TYPES[type]);
  return {
    index_patterns: [`${dataset === undefined ? "belfry-" : indexPrefix(dataset)}*`],
    priority: dataset === undefined ? 100 : 200,
    template: {
      settings: { index: { codec: "best_compression", mapping: { total_fields: { limit: MAX_FIELDS } } } },
      mappings: { dynamic: false, ...mapping },
    },
  };
}

function place(mapping: Mapping, [key, ...rest]: readonly string[], type: object): void {
  if (rest.length === 0) {
    mapping.properties[key] = type;
    return;
  }
  mapping.properties[key] ??= { properties: {} };
  place(mapping.properties[key] as Mapping, rest, type);
}

/** Days that an index is kept beyond its class's retention: it may take events of a day ahead, and of the last day until it ends. */
export const EXTRA_DAYS = 2;

/** The policy that deletes a class's indices of single days after their retention; undated ones stay. https://docs.opensearch.org/latest/im-plugin/ism/policies/ */
export function retentionPolicy(dataset: string, retentionDays: number): object {
  const conditions = { min_index_age: `${retentionDays + EXTRA_DAYS}d` };
  return {
    policy: {
      description: `Belfry: ${dataset} is kept ${retentionDays} days`,
      default_state: "kept",
      states: [
        { name: "kept", actions: [], transitions: [{ state_name: "over", conditions }] },
        { name: "over", actions: [{ delete: {} }], transitions: [] },
      ],
      // Days begin with the year, so the pattern leaves out `undated`.
      ism_template: [{ index_patterns: [`${indexPrefix(dataset)}2*`], priority: 200 }],
    },
  };
}

export interface SetUpOptions {
  readonly send: SendHttp;
  readonly retentionDays?: RetentionDays;
  /** What the cluster is; a domain or one's own cluster when absent. */
  readonly service?: OpenSearchService;
  /** ARNs of the IAM roles that write, and of those that search, for clusters with fine-grained access control. */
  readonly writerRoles?: readonly string[];
  readonly readerRoles?: readonly string[];
}

/** What was put, and what people should know. */
export interface SetUpReport {
  readonly templates: readonly string[];
  readonly policies: readonly string[];
  /** Roles of the cluster that IAM roles were mapped to. */
  readonly roles: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Puts index templates, retention policies and, where IAM roles are named, what they may do; again and again if need be. Indices that are there already keep the mapping they
 * have. Where a plugin is missing, as in a serverless collection, a note says so. Raises UNAVAILABLE for what the cluster refuses.
 */
export async function setUpOpenSearch(options: SetUpOptions): Promise<SetUpReport> {
  const { send, retentionDays = {}, service = "es", writerRoles = [], readerRoles = [] } = options;
  const notes: string[] = [];
  const templates = [undefined, ...MAPPED_CLASSES].map(templateName);
  for (const dataset of [undefined, ...MAPPED_CLASSES]) {
    const path = `/_index_template/${templateName(dataset)}`;
    expectOk("PUT", path, await putTemplate(send, path, indexTemplate(dataset), notes));
  }
  if (service === "aoss") return { templates, policies: [], roles: [], notes: [...notes, SERVERLESS] };
  const policies = await putPolicies(send, retentionDays);
  if (policies === undefined) notes.push(NO_PLUGIN);
  const mapped = [
    { role: WRITER, arns: writerRoles },
    { role: READER, arns: readerRoles },
  ].filter(({ arns }) => arns.length > 0);
  const roles: string[] = [];
  for (const { role, arns } of mapped) if (await mapRoles(send, role, arns)) roles.push(role.name);
  if (roles.length < mapped.length) notes.push(NO_SECURITY);
  return { templates, policies: policies ?? [], roles, notes };
}

const NO_PLUGIN = "the index state management plugin is not there: indices are kept until you delete them";
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-lifecycle.html
const SERVERLESS =
  "a serverless collection of the type search has neither index state management nor lifecycle policies: the function search-setup deletes old indices every day";
const NO_SECURITY = "the security plugin is not there: whoever reaches the cluster may write to it";
const NO_SETTINGS = "the cluster takes no index settings in templates: indices have its own";

/** Serverless collections choose settings by themselves, and may refuse a template that has some. */
async function putTemplate(send: SendHttp, path: string, template: IndexTemplate, notes: string[]) {
  const answer = await call(send, { method: "PUT", path }, template);
  if (answer.status !== 400 || !/setting/i.test(readErrorAnswer(answer.body).reason)) return answer;
  const { settings: _, ...bare } = template.template;
  if (!notes.includes(NO_SETTINGS)) notes.push(NO_SETTINGS);
  return call(send, { method: "PUT", path }, { ...template, template: bare });
}

/** The names of the policies that were put; undefined when the plugin is missing. */
async function putPolicies(send: SendHttp, retentionDays: RetentionDays): Promise<string[] | undefined> {
  const policies: string[] = [];
  for (const dataset of new Set([...MAPPED_CLASSES, ...Object.keys(retentionDays)])) {
    const path = `/_plugins/_ism/policies/${templateName(dataset)}`;
    const policy = retentionPolicy(dataset, retentionDays[dataset] ?? DEFAULT_RETENTION_DAYS);
    const answer = await putPolicy(send, path, policy);
    if (isMissingPlugin(answer)) return undefined;
    expectOk("PUT", path, answer);
    policies.push(templateName(dataset));
  }
  return policies;
}

function templateName(dataset: string | undefined): string {
  return dataset === undefined ? "belfry" : indexPrefix(dataset).slice(0, -1);
}

/** A policy that exists is replaced only by a request that names the version that it replaces. */
async function putPolicy(send: SendHttp, path: string, policy: object): Promise<HttpResponse> {
  const answer = await call(send, { method: "PUT", path }, policy);
  if (answer.status !== 409) return answer;
  const known = await call(send, { method: "GET", path });
  expectOk("GET", path, known);
  const version = JSON.parse(known.body.toString("utf8")) as { _seq_no: number; _primary_term: number };
  const query = `?if_seq_no=${version._seq_no}&if_primary_term=${version._primary_term}`;
  return call(send, { method: "PUT", path: path + query }, policy);
}
