import { literal } from "../event/literals.ts";
import { NameTable } from "./name-table.ts";

/** `event.category` and `event.type` of an action, as literals; `category` is NONE when ECS has no word for it. */
export interface ActionClass {
  readonly category: number;
  readonly type: number;
}

export const NONE = -1;

/** How many actions of IAM are remembered; it has some 180. */
const MAX_REMEMBERED = 1024;

const OTHER: ActionClass = { category: NONE, type: literal("info") };
const AUTHENTICATION: ActionClass = { category: literal(["authentication"]), type: literal(["info"]) };
const BUCKET_MADE: ActionClass = { category: literal(["file"]), type: literal(["creation"]) };
const BUCKET_GONE: ActionClass = { category: literal(["file"]), type: literal(["deletion"]) };

const SUBJECTS = ["user", "group", "admin"] as const;
const CHANGES = ["creation", "deletion", "change", "info"] as const;
type Subject = (typeof SUBJECTS)[number];
type Change = (typeof CHANGES)[number];

const IAM = literal(["iam"]);
const IAM_CLASSES = new Map(
  SUBJECTS.flatMap((subject) =>
    CHANGES.map((change) => [`${subject} ${change}`, { category: IAM, type: literal([subject, change]) }]),
  ),
);

/** Actions of other services than IAM that ECS has a category for. */
const NOTED: readonly (readonly [source: string, action: string, found: ActionClass])[] = [
  ["signin.amazonaws.com", "ConsoleLogin", AUTHENTICATION],
  ["sts.amazonaws.com", "AssumeRole", AUTHENTICATION],
  ["sts.amazonaws.com", "AssumeRoleWithSAML", AUTHENTICATION],
  ["sts.amazonaws.com", "AssumeRoleWithWebIdentity", AUTHENTICATION],
  ["s3.amazonaws.com", "CreateBucket", BUCKET_MADE],
  ["s3.amazonaws.com", "DeleteBucket", BUCKET_GONE],
  ["ec2.amazonaws.com", "CreateKeyPair", iam("admin", "creation")],
];
const NOTED_SOURCES = [...new Set(NOTED.map(([source]) => source))];
const SOURCE_TABLE = new NameTable(NOTED_SOURCES.map((source, i) => [source, i] as const));
const ACTION_TABLES = NOTED_SOURCES.map(
  (source) => new NameTable(NOTED.flatMap(([of, action], i) => (of === source ? [[action, i] as const] : []))),
);
const IAM_SOURCE = new NameTable([["iam.amazonaws.com", 0]]);

const READS = /^(?:Get|List|Generate|Simulate)/;

/** What belongs to one user, although its name does not say so. */
const OF_A_USER =
  /User|AccessKey|LoginProfile|MFADevice|SSHPublicKey|SigningCertificate|ServiceSpecificCredential|ChangePassword/;

/** Tells what kind of act an API call is, in the words of ECS, by the service and the name of the action. */
export class ActionClassifier {
  readonly #remembered = new Map<string, ActionClass>();

  /** Takes the spans of `eventSource` and `eventName`, without their quotes. */
  classify(bytes: Buffer, sourceFrom: number, sourceTo: number, actionFrom: number, actionTo: number): ActionClass {
    const source = SOURCE_TABLE.find(bytes, sourceFrom, sourceTo);
    if (source >= 0) {
      const noted = ACTION_TABLES[source].find(bytes, actionFrom, actionTo);
      return noted < 0 ? OTHER : NOTED[noted][2];
    }
    if (IAM_SOURCE.find(bytes, sourceFrom, sourceTo) < 0) return OTHER;
    return this.#classifyIam(bytes.toString("latin1", actionFrom, actionTo));
  }

  #classifyIam(action: string): ActionClass {
    const known = this.#remembered.get(action);
    if (known !== undefined) return known;
    const found = iam(subjectOf(action), changeOf(action));
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(action, found);
    return found;
  }
}

function iam(subject: Subject, change: Change): ActionClass {
  return IAM_CLASSES.get(`${subject} ${change}`) ?? OTHER;
}

/** Whom an action of IAM is about: groups, users with their credentials, or else the account's own rules. */
function subjectOf(action: string): Subject {
  if (action.endsWith("ForUser")) return "user";
  if (action.includes("Group")) return "group";
  return OF_A_USER.test(action) ? "user" : "admin";
}

/** A user's keys and devices come and go as changes of the user. */
function changeOf(action: string): Change {
  if (READS.test(action)) return "info";
  const [, verb] = /^(Create|Delete)(?:User|Group|Role|Policy|InstanceProfile)$/.exec(action) ?? [];
  if (verb === undefined) return "change";
  return verb === "Create" ? "creation" : "deletion";
}
