import { json, type SiteAnswer, type SiteRequest } from "./site-answer.ts";

interface Order {
  readonly id: number;
  readonly item: string;
  readonly quantity: number;
}

/** More are not kept: a canary that does not delete what it made must not fill the memory. */
const MAX_ORDERS = 1000;

/** The API of the shop: its health and stock, and orders that are written, read and deleted. */
export class OrdersApi {
  readonly #orders = new Map<number, Order>();
  #lastId = 0;

  /** The answer to a request below `/api/`. */
  answer(request: SiteRequest): SiteAnswer {
    const [, , what, id] = request.path.split("/");
    if (what === "health") return json({ status: "ok", orders: this.#orders.size });
    if (what === "stock") return json({ items: [{ id: "lamp", left: 12 }] });
    if (what !== "orders") return json({ error: "not here" }, 404);
    return id === undefined ? this.#all(request) : this.#one(Number(id), request.method);
  }

  #all({ method, body }: SiteRequest): SiteAnswer {
    if (method === "GET") return json([...this.#orders.values()]);
    if (method !== "POST") return json({ error: "only GET and POST are" }, 405);
    const wanted = orderIn(body);
    if (wanted === undefined) return json({ error: "expected an item, and a quantity above 0" }, 400);
    const order = { id: ++this.#lastId, ...wanted };
    if (this.#orders.size < MAX_ORDERS) this.#orders.set(order.id, order);
    return json(order, 201);
  }

  #one(id: number, method: string): SiteAnswer {
    const order = this.#orders.get(id);
    if (order === undefined) return json({ error: "no such order" }, 404);
    if (method !== "DELETE") return json(order);
    this.#orders.delete(id);
    return { status: 204 };
  }
}

function orderIn(body: string): Omit<Order, "id"> | undefined {
  try {
    const { item, quantity } = JSON.parse(body) as Record<string, unknown>;
    return typeof item === "string" && typeof quantity === "number" && quantity > 0 ? { item, quantity } : undefined;
  } catch {
    // No JSON is no order.
    return undefined;
  }
}
