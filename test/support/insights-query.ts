// A small grammar of Logs Insights' query language: enough to catch an unknown command, function or field in a shipped query.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
const COMMANDS = ["fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup"];
const AGGREGATES = ["avg", "count", "count_distinct", "max", "min", "pct", "stddev", "sum"];
const FUNCTIONS = [
  ...AGGREGATES,
  "bin",
  "ispresent",
  "abs",
  "ceil",
  "floor",
  "coalesce",
  "strcontains",
  "tolower",
  "toupper",
];
const WORDS = ["and", "or", "not", "as", "by", "asc", "desc", "in", "like"];
const TOKEN =
  /\s+|"[^"]*"|'[^']*'|\/(?:[^/\\]|\\.)+\/|\d+(?:\.\d+)?[smhd]?\b|[@A-Za-z_][\w.@]*|<=|>=|!=|=~|[-+*/%=<>(),]/y;

/** What a query reads, and what is wrong with it. */
export interface CheckedQuery {
  readonly commands: readonly string[];
  readonly fields: ReadonlySet<string>;
  readonly problems: readonly string[];
}

export function checkInsightsQuery(query: string): CheckedQuery {
  const problems: string[] = [];
  const fields = new Set<string>();
  const aliases = new Set<string>();
  const commands = splitPipes(query).map((part) => {
    const [command = ""] = /^\w+/.exec(part) ?? [];
    if (!COMMANDS.includes(command)) problems.push(`unknown command ${command || part}`);
    readArguments(command, tokensOf(part.slice(command.length), problems), { problems, fields, aliases });
    return command;
  });
  return { commands, fields, problems };
}

function splitPipes(query: string): string[] {
  return query.split("|").map((part) => part.trim());
}

function tokensOf(text: string, problems: string[]): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) {
      problems.push(`cannot read ${text.slice(at, at + 10)}`);
      break;
    }
    if (token.trim() !== "") tokens.push(token);
  }
  return tokens;
}

interface Found {
  readonly problems: string[];
  readonly fields: Set<string>;
  readonly aliases: Set<string>;
}

function readArguments(command: string, tokens: readonly string[], found: Found): void {
  const { problems } = found;
  const isNumber = tokens.length === 1 && Number(tokens[0]) <= 10_000;
  if (command === "limit" && !isNumber) problems.push("limit takes a number");
  if (command === "stats" && !AGGREGATES.includes(tokens[0] ?? "")) problems.push("stats begins with an aggregate");
  const count = (paren: string) => tokens.filter((token) => token === paren).length;
  if (count("(") !== count(")")) problems.push("parentheses do not match");
  for (const [i, token] of tokens.entries()) {
    const isName = /^[@A-Za-z_]/.test(token) && !WORDS.includes(token.toLowerCase());
    if (isName) readName(token, tokens[i - 1], tokens[i + 1], found);
  }
}

function readName(name: string, before: string | undefined, after: string | undefined, found: Found): void {
  if (after === "(") {
    if (!FUNCTIONS.includes(name)) found.problems.push(`unknown function ${name}`);
  } else if (before?.toLowerCase() === "as") found.aliases.add(name);
  else if (!found.aliases.has(name)) found.fields.add(name);
}
