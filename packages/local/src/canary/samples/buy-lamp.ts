import { defineCanary } from "@belfry/core/canaries/script";

/** The sample of a script: what a visitor sees and what the API says must agree. */
export const canary = defineCanary(async ({ page, request, step, expect, metric, variables: { shop = "" } }) => {
  const left = await step("stock", async () => {
    const answer = await request.get(`${shop}/api/stock`, { timeoutMs: 1000 });
    const { items } = answer.json() as { items: { left: number }[] };
    return items[0]?.left ?? 0;
  });
  metric("LampsLeft", "Count", left);
  expect(left > 0, "no lamp is left");

  await step("buy", async () => {
    await page.goto(`${shop}/shop`);
    await page.getByRole("button", { name: "Buy" }).click();
    expect((await page.locator("#cart").innerText()) === "1 in the cart", "the lamp is not in the cart");
  });
});
