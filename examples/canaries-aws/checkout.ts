import { defineCanary } from "@belfry/core/canaries/script";

/** Buys something in our shop, and takes it back: by the API, so that it needs no browser. */
export const canary = defineCanary(async ({ request, step, expect, metric }) => {
  const order = await step("order", async () => {
    const answer = await request.post("https://shop.example.com/api/orders", { body: { item: "tea", quantity: 1 } });
    expect(answer.status === 201, `an order is answered with 201, not ${answer.status}`);
    metric("OrderDuration", "Milliseconds", answer.totalMs);
    return answer.json() as { readonly id: string };
  });
  await step("cancel", async () => {
    const answer = await request.delete(`https://shop.example.com/api/orders/${order.id}`);
    expect(answer.ok, `an order can be cancelled; it was answered with ${answer.status}`);
  });
});
