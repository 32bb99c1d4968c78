import type { Resource } from "@belfry/core/event/resource";
import { leavesOf } from "../json-path.ts";
import type { Explanation } from "../runtime/dry-run.ts";
import { table } from "./table.ts";
import { type Paint, printable } from "./terminal.ts";

const LABEL_WIDTH = 11;

/** The explanation of one record for people: what came, what each stage did, where it goes, and the document. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  const { id, origin, resource, parser, changes, dropped, refused, route, sinks, document } = explanation;
  const label = (name: string, text: string) => `${paint.faint(name.padEnd(LABEL_WIDTH))}${text}`;
  const lines = [
    label("record", paint.strong(id)),
    label("from", [origin, placeOf(resource)].filter((part) => part !== "").join(", ")),
  ];
  lines.push(label("parser", parser === "" ? paint.warn("none") : parser));
  for (const stage of new Set(changes.map((change) => change.stage))) {
    const ofStage = changes.filter((change) => change.stage === stage);
    lines.push(
      label(
        stage,
        ofStage.map(({ field, value }) => `${field} = ${shown(value)}`).join(`\n${" ".repeat(LABEL_WIDTH)}`),
      ),
    );
  }
  if (dropped !== undefined) lines.push(label("dropped", paint.warn(`by the rule "${dropped}"`)));
  if (refused !== undefined) lines.push(label("refused", paint.bad(refused)));
  if (route !== undefined) lines.push(label("route", `${paint.good(route)} → ${sinks.join(", ")}`));
  const rows = leavesOf(JSON.parse(document)).map(([field, value]) => [field, shown(value)]);
  return [...lines, "", table(["field", "value"], rows, paint), ""].join("\n");
}

function placeOf({ account, region, logGroup, logStream, object, stream }: Resource): string {
  const place =
    object === undefined
      ? [logGroup, logStream].filter((name) => name !== undefined).join(" ")
      : `s3://${object.bucket}/${object.key}`;
  return [account, region, place || (stream ?? "")].filter((part) => part !== "").join(" ");
}

function shown(value: unknown): string {
  return value === undefined ? "(gone)" : printable(typeof value === "string" ? value : JSON.stringify(value));
}
