/** The name of what takes the records that no route does; no route may have it. */
export const DEFAULT_ROUTE = "default";
