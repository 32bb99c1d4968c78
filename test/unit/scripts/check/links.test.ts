import { resolve } from "node:path";
import { expect, it } from "vitest";
import { brokenLinks } from "../../../../scripts/check/links.ts";

const root = resolve(import.meta.dirname, "../../../..");
const page = (text: string, path = "docs/page.md") => [{ path, text }];

it("follows links relative to the page", () => {
  expect(brokenLinks(page("[a](../package.json) [b](decisions/) ![c](../biome.json 'title')"), root)).toEqual([]);
});

it("names a link to a file that is not there", () => {
  expect(brokenLinks(page("see [a](nowhere.md)"), root)).toEqual(["docs/page.md: nowhere.md: no such file"]);
  expect(brokenLinks(page("see [a]\n\n[a]: ./nowhere.md"), root)).toHaveLength(1);
});

it("names a link to a heading that the page does not have", () => {
  const text = "# The Way of `data`, twice\n\n[a](#the-way-of-data-twice) [b](#gone)";
  expect(brokenLinks(page(text, "README.md"), root)).toEqual(["README.md: #gone: README.md has no such heading"]);
});

it("does not look at other sites or into code", () => {
  expect(brokenLinks(page("[a](https://example.com) `[b](no.md)`\n```\n[c](no.md)\n```\n"), root)).toEqual([]);
});
