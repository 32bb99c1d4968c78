import { readValuePattern } from "./match-expression.ts";
import { PatternTokens } from "./pattern-tokens.ts";
import type { ValuePattern } from "./value-pattern.ts";

/** Conditions that must all hold: by dotted path, what the field's value may be. */
export type Branch = ReadonlyMap<string, readonly ValuePattern[]>;

const OR = "$or";

// Each $or multiplies the branches by its alternatives. Ours, so that a small pattern cannot take all memory.
const MAX_BRANCHES = 1000;

// GenericMachine.MAXIMUM_RULE_SIZE of https://github.com/aws/event-ruler
const MAX_FIELDS = 256;

/**
 * Names that no field may have within $or: operators, and words that AWS keeps for later.
 * https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-ruler
 */
const RESERVED_IN_OR: ReadonlySet<string> = new Set([
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "regex",
  "not-wildcard",
  "not-equals-ignore-case",
  "date-after",
  "date-on-or-after",
  "date-before",
  "date-on-or-before",
  "in-date-range",
  "ip-address-in-range",
  "ip-address-not-in-range",
]);

type OpenBranch = Map<string, readonly ValuePattern[]>;

/**
 * Reads a pattern's text into branches, of which an event must satisfy one. What is written later replaces what was written earlier for the
 * same path, as in AWS: within an object, in a $or alternative, or behind a $or for all its alternatives. Raises InvalidPatternError.
 */
export function readBranches(text: string): readonly Branch[] {
  const tokens = new PatternTokens(text);
  if (tokens.next() !== "{") tokens.refuse("Filter is not an object");
  const branches = readObject(tokens, [new Map()], undefined, false);
  tokens.next();
  if (branches.some(({ size }) => size > MAX_FIELDS)) tokens.refuse(`Size of rule exceeds max value of ${MAX_FIELDS}`);
  return branches;
}

/** Reads an object's members into the branches so far; `path` is the object's own, undefined at the root. */
function readObject(
  tokens: PatternTokens,
  soFar: OpenBranch[],
  path: string | undefined,
  isInOr: boolean,
): OpenBranch[] {
  let branches = soFar;
  let isEmpty = true;
  while (tokens.next() !== "}") {
    isEmpty = false;
    const name = tokens.text();
    if (name === OR) {
      branches = readAlternatives(tokens, branches, path);
      continue;
    }
    if (isInOr && RESERVED_IN_OR.has(name))
      tokens.refuse(`${name} is Ruler reserved fieldName which cannot be used inside ${OR}.`);
    const token = tokens.next();
    if (token === "{") {
      branches = readObject(tokens, branches, path === undefined ? name : `${path}.${name}`, isInOr);
    } else if (token === "[") {
      const patterns = readList(tokens);
      // In AWS a field in a top-level object with an empty name is a field of the event itself.
      const field = path === undefined || path === "" ? name : `${path}.${name}`;
      for (const branch of branches) branch.set(field, patterns);
    } else tokens.refuse(`"${name}" must be an object or an array`);
  }
  if (isEmpty) tokens.refuse("Empty objects are not allowed");
  return branches;
}

function readAlternatives(tokens: PatternTokens, branches: OpenBranch[], path: string | undefined): OpenBranch[] {
  if (tokens.next() !== "[") tokens.refuse(`It must be an Array followed with ${OR}.`);
  const forks: OpenBranch[] = [];
  let alternatives = 0;
  for (let token = tokens.next(); token !== "]"; token = tokens.next()) {
    if (token !== "{") tokens.refuse(`Only JSON object is allowed in array of ${OR} relationship.`);
    alternatives++;
    const fork = branches.map((branch) => new Map(branch));
    forks.push(...readObject(tokens, fork, path, true));
    if (forks.length > MAX_BRANCHES)
      tokens.refuse(`Rule is too complex - its ${OR} make more than ${MAX_BRANCHES} combinations`);
  }
  if (alternatives < 2) tokens.refuse(`There must have at least 2 Objects in ${OR} relationship.`);
  return forks;
}

function readList(tokens: PatternTokens): ValuePattern[] {
  const patterns: ValuePattern[] = [];
  for (let token = tokens.next(); token !== "]"; token = tokens.next()) patterns.push(readValuePattern(token, tokens));
  if (patterns.length === 0) tokens.refuse("Empty arrays are not allowed");
  return patterns;
}
