import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/cost.md", "utf8");

/** Plain arithmetic: numbers, `+ - * /` and parentheses, evaluated as they bind. */
function evaluated(expression: string): number {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/()]/g) ?? [];
  expect(tokens.join("")).toBe(expression.replaceAll(" ", ""));
  const factor = (): number => {
    const token = tokens.shift();
    if (token !== "(") return Number(token);
    const value = sum();
    expect(tokens.shift()).toBe(")");
    return value;
  };
  const chain = (operand: () => number, apply: Readonly<Record<string, (a: number, b: number) => number>>) => {
    let value = operand();
    while (tokens[0] !== undefined && tokens[0] in apply) value = apply[tokens.shift() as string](value, operand());
    return value;
  };
  const product = () => chain(factor, { "*": (a, b) => a * b, "/": (a, b) => a / b });
  const sum = (): number => chain(product, { "+": (a, b) => a + b, "-": (a, b) => a - b });
  return sum();
}

const profiles = page.split(/^## /m).filter((part) => /^\d+ \w+ a day/.test(part));

describe("docs/cost.md", () => {
  it.each(profiles.map((part) => [part.slice(0, part.indexOf("\n")), part]))("adds up for %s", (_, part) => {
    const lines = [...part.matchAll(/^\| [^|]+ \| `([^`]+)` \| ([\d.]+) \|$/gm)];
    expect(lines.length).toBeGreaterThan(8);
    for (const [line, expression, amount] of lines) {
      expect({ line, value: evaluated(expression).toFixed(2) }).toEqual({ line, value: amount });
    }
    const [, stated] = /\| \*\*sum\*\* \| \| \*\*([\d.]+)\*\* \|/.exec(part) ?? [];
    expect(lines.reduce((sum, [, , amount]) => sum + Number(amount), 0).toFixed(2)).toBe(stated);
  });

  it("states the sums at its top", () => {
    const sums = profiles.map((part) => Math.round(Number(/\*\*([\d.]+)\*\*/.exec(part)?.[1])));
    for (const sum of sums) expect(page).toContain(`$${sum.toLocaleString("en-US")} |`);
    expect(profiles).toHaveLength(4);
  });

  it("computes what it says in passing", () => {
    const said = [...page.matchAll(/`([\d.+*/() -]+) = ([\d.]+)`/g)];
    expect(said.length).toBeGreaterThan(4);
    for (const [text, expression, amount] of said) {
      expect({ text, value: evaluated(expression).toFixed(2) }).toEqual({ text, value: amount });
    }
  });
});
