import path from "node:path";

/** Where the local runtime keeps everything, unless it is told another folder. */
export const DEFAULT_FOLDER = ".belfry";

/** What is where in Belfry's folder. */
export interface BelfryFolder {
  readonly root: string;
  /** Documents, in the layout of S3. */
  readonly archive: string;
  /** Sealed files of what could not be delivered, and their key beside it. */
  readonly quarantine: string;
  readonly quarantineKey: string;
  readonly traces: string;
  /** What stands for S3 when an event names an object: `<bucket>/<key>`. */
  readonly objects: string;
  /** Metrics as Lambda would log them. */
  readonly metrics: string;
  /** Files of canaries' runs, by the keys that they have in S3; and the pictures that later ones are compared with. */
  readonly canaries: string;
  readonly baselines: string;
  /** What canaries ran, in SQLite. */
  readonly runs: string;
  /** Alerts, incidents, silences and what is to be told, in SQLite. */
  readonly state: string;
}

/** The places in one folder; nothing is made yet. */
export function belfryFolder(root: string): BelfryFolder {
  return {
    root,
    archive: path.join(root, "archive"),
    quarantine: path.join(root, "quarantine"),
    quarantineKey: path.join(root, "quarantine.key"),
    traces: path.join(root, "traces"),
    objects: path.join(root, "objects"),
    metrics: path.join(root, "metrics.ndjson"),
    canaries: path.join(root, "canaries"),
    baselines: path.join(root, "baselines"),
    runs: path.join(root, "canaries", "runs.sqlite"),
    state: path.join(root, "state.sqlite"),
  };
}
