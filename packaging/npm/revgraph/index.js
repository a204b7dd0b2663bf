'use strict';

// The commands as functions: each runs the program and gives its JSON. Their types are in index.d.ts.

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { findBinary } = require('./lib/binary.js');

class RevgraphError extends Error {
  constructor(details, exitStatus) {
    super(details.message);
    this.name = 'RevgraphError';
    this.kind = details.kind;
    this.causes = details.causes ?? [];
    this.hints = details.hints ?? [];
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
    this.details = details;
    this.exitStatus = exitStatus;
  }

  get maySucceedLater() {
    return this.exitStatus === 5;
  }
}

/** The arguments and variables that have the command use a project's folder, without changing the current one. */
function project(directory, variables) {
  const start = path.resolve(directory);
  for (let folder = start; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'alembic.toml');
    if (existsSync(file)) return ['--config', file];
    if (folder === path.dirname(folder)) break;
  }
  // The defaults, relative to the project.
  variables.REVGRAPH_VERSION_LOCATIONS ??= JSON.stringify([path.join(start, 'versions')]);
  variables.REVGRAPH_BACKUP_LOCATION ??= path.join(start, 'versions', 'backup');
  return [];
}

/** Runs a command; its exit status, standard output and standard error. */
function execute(command, variables, signal) {
  return new Promise((resolve, reject) => {
    const program = spawn(command[0], command.slice(1), { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    const read = (stream) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const output = read(program.stdout);
    const messages = read(program.stderr);
    const interrupt = () => program.kill('SIGINT');
    signal?.addEventListener('abort', interrupt, { once: true });
    const finish = (settle, value) => {
      signal?.removeEventListener('abort', interrupt);
      settle(value);
    };
    program.on('error', (error) => finish(reject, error));
    program.on('close', (status) => finish(resolve, { status, output: output(), messages: messages() }));
  });
}

/** The error among the messages: the last line, where it is one. */
function errorOf(messages) {
  const last = messages.trimEnd().split('\n').pop();
  if (!last.startsWith('{"error":')) return undefined;
  try {
    return JSON.parse(last).error;
  } catch {
    return undefined;
  }
}

function unexpected(status, cause, text) {
  const message = 'revgraph did not answer as it should';
  return new RevgraphError({ kind: 'unexpected', message, causes: [cause, text.trim()] }, status);
}

async function run(commandLine, options = {}) {
  const { url, directory, environment, signal } = options;
  signal?.throwIfAborted();
  const variables = { ...process.env };
  const command = [findBinary(), '--json', '--color', 'never'];
  if (environment !== undefined) command.push('--name', environment);
  // Not on the command line, where other users of the machine could read it.
  if (url !== undefined) variables.REVGRAPH_URL = String(url);
  if (directory !== undefined) command.push(...project(directory, variables));
  const { status, output, messages } = await execute([...command, ...commandLine], variables, signal);
  const error = errorOf(messages);
  if (error) throw new RevgraphError(error, status);
  if (output.trim()) {
    try {
      return JSON.parse(output);
    } catch {
      throw unexpected(status, 'its output is not JSON', output);
    }
  }
  if (status !== 0) throw unexpected(status, `it ended with status ${status} and no error`, messages);
  return undefined;
}

const upgrade = ({ target = 'head', ...options } = {}) => run(['upgrade', '--', target], options);

const downgrade = ({ target, confirm, ...options }) =>
  run(['downgrade', ...(confirm === undefined ? [] : ['--confirm', confirm]), '--', target], options);

const stamp = ({ targets, force = false, purge = false, ...options }) =>
  run(['stamp', ...(force ? ['--force'] : []), ...(purge ? ['--purge'] : []), '--', ...targets], options);

const current = (options) => run(['current'], options);

const status = (options) => run(['status'], options);

const history = ({ revisions, indicateCurrent = false, ...options } = {}) => {
  const range = revisions === undefined ? [] : [`--rev-range=${revisions}`];
  return run(['history', ...(indicateCurrent ? ['--indicate-current'] : []), ...range], options);
};

const heads = (options) => run(['heads'], options);

const log = ({ limit, ...options } = {}) =>
  run(['log', ...(limit === undefined ? [] : ['--limit', String(limit)])], options);

const check = ({ base, ...options } = {}) =>
  run(['check', ...(base === undefined ? [] : [`--base=${base}`])], options);

const verify = ({ revisions, ...options } = {}) =>
  run(['verify', '--', ...(revisions === undefined ? [] : [revisions])], options);

const diff = ({ sides = [], ...options } = {}) => run(['diff', '--', ...sides], options);

exports.RevgraphError = RevgraphError;
exports.check = check;
exports.current = current;
exports.diff = diff;
exports.downgrade = downgrade;
exports.findBinary = findBinary;
exports.heads = heads;
exports.history = history;
exports.log = log;
exports.run = run;
exports.stamp = stamp;
exports.status = status;
exports.upgrade = upgrade;
exports.verify = verify;
