/** A database migrator whose revisions are a graph of up and down SQL scripts. Each function runs the `revgraph` program. */

/** What every command takes. */
export interface Options {
  /**
   * The database; without it the configuration's. A relative path of SQLite is relative to the current folder. It is not
   * handed over on the command line, where other users of the machine could read it.
   */
  url?: string | URL;
  /**
   * The project's folder: `alembic.toml` is looked for there and in the folders above, else its folder `versions` has the
   * scripts. Without it the current folder's.
   */
  directory?: string;
  /** The `[env.NAME]` of `alembic.toml` to lay over it. */
  environment?: string;
  /** Interrupts the command, which rolls back what is open; the call then fails with the kind `interrupted`. */
  signal?: AbortSignal;
}

/** A command failed; nothing was left half done. The properties are those of the command's JSON error. */
export class RevgraphError extends Error {
  /** A word for programs, such as `step` or `ahead`; all are listed in revgraph's `docs/errors.md`. */
  readonly kind: string;
  /** More about it. */
  readonly causes: string[];
  /** What to do. */
  readonly hints: string[];
  /** The place, from 1, where a file is at fault. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The whole JSON object, with keys such as `sqlstate`, `revision` and `statement`. */
  readonly details: Record<string, unknown>;
  /** The command's exit status. */
  readonly exitStatus: number;
  /** Whether the database was not reached, or a lock was not had in time: the same call is worth another try. */
  get maySucceedLater(): boolean;
}

/** One revision of a run. */
export interface Step {
  revision: string;
  operation: string;
  duration_ms: number;
}

/** What has been done, and where the database stands now. */
export interface Run {
  /** The database's URL, without a password. */
  database: string;
  steps: Step[];
  /** The version rows. */
  heads: string[];
}

/** The version rows, and the heads that are applied without a row, because rows depend on them. */
export interface Current {
  heads: {
    revision: string;
    is_head: boolean;
    is_effective_head: boolean;
    /** Whether the scripts have this revision. */
    known: boolean;
    replaced_by: string | null;
  }[];
  implied: string[];
}

/** Where a database stands against the scripts. */
export type State = 'empty' | 'unmanaged' | 'up_to_date' | 'pending' | 'ahead' | 'diverged' | 'failed';

export interface Status {
  database: string;
  state: State;
  heads: string[];
  pending: string[];
  /** Applied revisions that the scripts lack. */
  missing: string[];
  /** Applied revisions whose scripts have changed since. */
  edited: string[];
  failed: string[];
  /** What to do next, as commands. */
  next: string[];
}

/** A revision of the scripts. */
export interface Revision {
  revision: string;
  down_revisions: string[];
  depends_on: string[];
  branch_labels: string[];
  replaces: string[];
  message: string;
  created: string | null;
  is_head: boolean;
  is_base: boolean;
  is_branch_point: boolean;
  is_merge_point: boolean;
  /** `null` where no database was asked. */
  applied: boolean | null;
}

/** What happened to a database. */
export interface Event {
  id: number;
  happened_at: string;
  revision: string | null;
  operation: string;
  outcome: string;
  duration_ms: number | null;
  actor: string | null;
  detail: string | null;
}

/** What is wrong with the scripts; without problems all is well. */
export interface Check {
  problems: {
    kind: string;
    message: string;
    file: string | null;
    line: number | null;
    column: number | null;
    hint: string | null;
  }[];
}

/** How the revisions fared on a scratch database. */
export interface Verification {
  broken: boolean;
  revisions: { revision: string; verdict: string }[];
}

/** What sets two schemas apart; without differences they are equal. */
export interface Diff {
  differences: {
    change: string;
    object: {
      kind: string;
      schema: string | null;
      relation: string | null;
      name: string;
      arguments: string | null;
    };
  }[];
}

/** Brings the database up to a target: `head` (the default), `heads`, `+1`, an id, … */
export function upgrade(options?: Options & { target?: string }): Promise<Run>;

/** Brings the database down to a target: `-1`, `base`, an id, … `confirm` names a protected database that may be erased. */
export function downgrade(options: Options & { target: string; confirm?: string }): Promise<Run>;

/** Sets the version rows without running scripts. A schema that is not what the scripts build needs `force`. */
export function stamp(options: Options & { targets: string[]; force?: boolean; purge?: boolean }): Promise<Run>;

/** The version rows. */
export function current(options?: Options): Promise<Current>;

/** Where the database stands against the scripts; pending revisions are a state, not an error. */
export function status(options?: Options): Promise<Status>;

/** The revisions, newest first, or those of a range `A:B`. With `indicateCurrent` the database says which are applied. */
export function history(options?: Options & { revisions?: string; indicateCurrent?: boolean }): Promise<Revision[]>;

/** The heads of the scripts; no database is asked. */
export function heads(options?: Options): Promise<Revision[]>;

/** What has been done to the database, newest first, or the last `limit` events of it. */
export function log(options?: Options & { limit?: number }): Promise<Event[]>;

/** Problems of the scripts; with `base`, a commit or branch of git, also those that a merge with it would have. */
export function check(options?: Options & { base?: string }): Promise<Check>;

/** Tries on a scratch database whether every revision, or those of a range, goes up, down and up again. */
export function verify(options?: Options & { revisions?: string }): Promise<Verification>;

/** What sets two schemas apart; without sides, the database from what its version rows say (drift). */
export function diff(options?: Options & { sides?: string[] }): Promise<Diff>;

/**
 * Runs any command and gives its JSON document; `undefined` where it prints none. A check that answers no is a result,
 * not an error.
 */
export function run(commandLine: string[], options?: Options): Promise<unknown>;

/** The path of the program. */
export function findBinary(): string;
