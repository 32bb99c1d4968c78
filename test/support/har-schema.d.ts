// The package has no types of its own: JSON Schemas by the names of the parts of a HAR.
declare module "har-schema" {
  const schemas: Readonly<Record<string, object>>;
  export = schemas;
}
