// The import rules of docs/architecture.md. Every rule is an error.
const core = "^packages/core/src";
const leaves = "event|patterns|config|platform";
const stages = "sources|parsers|transforms|routing|sinks";

/** One rule: what `from` selects must not import what `to` selects. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    forbid("no-cycles", "a cycle has no first file to read", {}, { circular: true }),
    forbid("no-unresolved", "the import does not exist", {}, { couldNotResolve: true }),
    forbid(
      "core-stands-alone",
      "core knows neither handlers nor the command line nor tests",
      { path: core },
      { path: "^(packages/(?!core/)|stacks/|scripts/|test/|[^/]+\\.config)" },
    ),
    forbid(
      "functions-import-core",
      "handlers translate, core decides",
      { path: "^packages/functions/" },
      { path: "^(packages/(?!core/|functions/)|stacks/|scripts/|test/|[^/]+\\.config)" },
    ),
    forbid(
      "local-imports-core-and-functions",
      "the local runtime runs the same handlers",
      { path: "^packages/local/" },
      { path: "^(packages/(?!core/|functions/|local/)|stacks/|scripts/|test/|[^/]+\\.config)" },
    ),
    forbid(
      "stacks-import-configuration",
      "stacks name handlers by path and share only the configuration, and how errors are said",
      { path: "^stacks/" },
      { path: "^(packages/(?!core/src/((config|dashboards|agent)/|platform/errors\\.ts$))|scripts/|test/)" },
    ),
    forbid(
      "leaves-import-leaves",
      "what everyone may import imports only its like",
      { path: `${core}/(${leaves})/` },
      { path: `${core}/`, pathNot: `${core}/(${leaves})/` },
    ),
    forbid(
      "stages-stand-apart",
      "stages meet in pipeline.ts alone",
      { path: `${core}/(${stages})/` },
      { path: `${core}/`, pathNot: [`${core}/(${leaves})/`, `${core}/$1/`] },
    ),
    forbid(
      "features-stand-apart",
      "every other folder of core is a feature: it imports leaves, and pipeline.ts where it feeds it",
      { path: `${core}/(?!(?:${leaves}|${stages})/)([^/]+)/` },
      { path: `${core}/`, pathNot: [`${core}/(${leaves})/`, `${core}/pipeline\\.ts$`, `${core}/$1/`] },
    ),
    forbid(
      "aws-clients-come-from-platform",
      "clients are made once, in platform/clients.ts and platform/<service>-client.ts",
      { path: "^packages/", pathNot: `${core}/platform/(clients|[a-z-]+-client)\\.ts$` },
      { path: "node_modules/@aws-sdk/client-", dependencyTypesNot: ["type-only"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
