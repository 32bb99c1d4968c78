import { defineCanary } from "@belfry/core/canaries/script";

/** What the API says of the stock and what a visitor can buy must agree. */
export const canary = defineCanary(async ({ page, request, step, expect, metric, variables: { shop } }) => {
  const left = await step("stock", async () => {
    const answer = await request.get(`${shop}/api/stock`, { timeoutMs: 1000 });
    const { items } = answer.json() as { items: { id: string; left: number }[] };
    return items.find(({ id }) => id === "lamp")?.left ?? 0;
  });
  metric("LampsLeft", "Count", left);

  await step("buy", async () => {
    await page.goto(`${shop}/shop`);
    await page.getByRole("button", { name: "Buy" }).click();
    const cart = await page.locator("#cart").innerText();
    expect(cart === "1 in the cart", `expected one lamp in the cart, it says "${cart}"`);
  });
});
