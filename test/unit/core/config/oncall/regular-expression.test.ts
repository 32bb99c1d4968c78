import { wholeTextExpression } from "@belfry/core/config/oncall/regular-expression";
import { describe, expect, it } from "vitest";

const matches = (expression: string, text: string): boolean => wholeTextExpression(expression).test(text);

describe("wholeTextExpression", () => {
  it.each([
    // Whole texts only, and no line ends for a dot.
    ["a|bc", ["a", "bc"], ["ac", "abc", "a\n"]],
    ["", [""], ["a"]],
    ["a.c", ["abc", "a\rc", "a\u2028c"], ["a\nc"]],
    // Flags, from where they stand to the end of their group.
    ["(?i)prod", ["PROD", "prod"], ["prods"]],
    ["a(?i)b|c", ["ab", "aB", "c", "C"], ["AB"]],
    ["(a(?i)b)c", ["abc", "aBc"], ["abC"]],
    ["(?i:a)b", ["Ab"], ["AB"]],
    ["(?s)a.c", ["a\nc"], []],
    ["(?i)a(?-i)b", ["Ab"], ["AB"]],
    ["(?m)a$\n^b", ["a\nb"], []],
    // Classes.
    ["[]a]+", ["]a"], ["b"]],
    ["[^a]", ["b", "\n"], ["a"]],
    ["[[:alpha:]_-]+", ["a_-"], ["1"]],
    ["[[:^digit:]]", ["a", "é"], ["1"]],
    ["[a\\d-]+", ["a1-"], ["b"]],
    ["[\\D]", ["a"], ["1"]],
    ["\\s", [" ", "\t"], ["\u00a0", "\v"]],
    ["\\pL\\p{Greek}\\P{Lu}", ["aαb"], ["aab"]],
    // What JavaScript would refuse, or take for something else.
    ["a{", ["a{"], []],
    ["a{,2}", ["a{,2}"], ["aa"]],
    ["a{2,3}", ["aa", "aaa"], ["a"]],
    ["]}", ["]}"], []],
    ['\\-\\_\\"', ['-_"'], []],
    ["\\Qa.b\\E.", ["a.bc"], ["axbc"]],
    ["\\x41\\x{1F600}\\101", ["A😀A"], []],
    ["(?P<name>a)(?<other>b)", ["ab"], []],
    ["\\Aa\\z", ["a"], []],
    ["(?U)a+", ["aaa"], []],
    ["arn:aws:[^:]+:(eu|us)-.*:\\d{12}:.*", ["arn:aws:sns:eu-west-1:111122223333:x"], ["arn:aws:sns:ap-1:1:x"]],
  ])("%s", (expression, taken, refused) => {
    expect(taken.filter((text) => !matches(expression, text))).toEqual([]);
    expect(refused.filter((text) => matches(expression, text))).toEqual([]);
  });

  it.each([
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(a)\\1",
    "(a",
    "a)",
    "[a",
    "*a",
    "a**",
    "[b-a]",
    "[[:foo:]]",
    "\\y",
    "a{1001}",
    "\\p{Nothing}",
    "(?i",
    "\\",
  ])("refuses %s as RE2 does", (expression) => {
    expect(() => wholeTextExpression(expression)).toThrow(/the regular expression/);
  });
});
