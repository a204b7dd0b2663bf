// The installed package: node --test, in a folder whose node_modules has it.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import * as revgraph from 'revgraph';

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;';
const launcher = path.resolve('node_modules/.bin/revgraph');

let folder;
let directory;
let url;

function add(revision, parent, up, down) {
  const header = `-- the ${revision} revision\n--\n-- revision: ${revision}\n-- down_revision: ${parent}\n\n`;
  writeFileSync(path.join(directory, 'versions', `${revision}.up.sql`), header + up);
  writeFileSync(path.join(directory, 'versions', `${revision}.down.sql`), down);
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'revgraph-node-'));
  directory = path.join(folder, 'project');
  url = `sqlite:///${folder}/test.db`;
  mkdirSync(path.join(directory, 'versions'), { recursive: true });
  add('a1', '', 'CREATE TABLE account (id integer PRIMARY KEY);', 'DROP TABLE account;');
  add('a2', 'a1', 'ALTER TABLE account ADD COLUMN name text;', 'ALTER TABLE account DROP COLUMN name;');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('up and down', async () => {
  const up = await revgraph.upgrade({ url, directory });
  assert.deepEqual(up.steps.map((step) => [step.revision, step.operation]), [['a1', 'upgrade'], ['a2', 'upgrade']]);
  assert.deepEqual(up.heads, ['a2']);
  assert.equal((await revgraph.status({ url, directory })).state, 'up_to_date');
  const down = await revgraph.downgrade({ url, directory, target: '-1' });
  assert.deepEqual(down.heads, ['a1']);
  const { state, pending } = await revgraph.status({ url, directory });
  assert.deepEqual([state, pending], ['pending', ['a2']]);
  assert.equal((await revgraph.log({ url, directory, limit: 1 }))[0].operation, 'downgrade');
});

test('views and checks', async () => {
  await revgraph.upgrade({ url, directory, target: 'a1' });
  const history = await revgraph.history({ url, directory, indicateCurrent: true });
  assert.deepEqual(history.map((revision) => [revision.revision, revision.applied]), [['a2', false], ['a1', true]]);
  assert.deepEqual((await revgraph.current({ url, directory })).heads.map((row) => row.revision), ['a1']);
  assert.deepEqual((await revgraph.heads({ directory })).map((head) => head.revision), ['a2']);
  assert.deepEqual((await revgraph.diff({ url, directory })).differences, []);
  assert.equal((await revgraph.verify({ url, directory })).broken, false);
  assert.deepEqual((await revgraph.check({ directory })).problems.map((problem) => problem.kind), ['missing_heads_file']);
  assert.deepEqual((await revgraph.stamp({ url, directory, targets: ['base'], force: true })).heads, []);
});

test('a failed script says what and where', async () => {
  add('a3', 'a2', 'ALTER TABLE acount ADD COLUMN x text;', '');
  await assert.rejects(revgraph.upgrade({ url, directory }), (error) => {
    assert(error instanceof revgraph.RevgraphError);
    assert.deepEqual([error.kind, error.exitStatus, error.maySucceedLater], ['step', 1, false]);
    assert.deepEqual([path.basename(error.file), error.line, error.column], ['a3.up.sql', 6, 1]);
    assert.match(error.message, /no such table: acount/);
    assert.deepEqual(error.details.heads, ['a2']);
    return error.hints.length > 0;
  });
});

test('a database that is not reached is worth another try', async () => {
  await assert.rejects(revgraph.upgrade({ url: 'postgresql://u:hush@localhost:1/x', directory }), (error) => {
    assert(!JSON.stringify(error.details).includes('hush'));
    return error.maySucceedLater;
  });
});

test('a call that is aborted rolls back', async () => {
  add('a3', 'a2', `CREATE TABLE half (i integer);\n${ENDLESS}`, 'DROP TABLE half;');
  const abort = new AbortController();
  const running = revgraph.upgrade({ url, directory, signal: abort.signal });
  setTimeout(() => abort.abort(), 1000);
  await assert.rejects(running, { kind: 'interrupted', exitStatus: 130 });
  assert.deepEqual((await revgraph.status({ url, directory })).pending, ['a3']);
});

test('CommonJS has the same', () => {
  const required = createRequire(path.resolve('package.json'))('revgraph');
  assert.equal(required.upgrade, revgraph.upgrade);
});

test('the launcher is the command', () => {
  const run = (...command) => spawnSync(launcher, command, { cwd: directory, encoding: 'utf8' });
  assert.equal(run('heads').stdout, 'a2 (head)\n');
  assert.equal(run('heads', '--bogus').status, 2);
  assert.equal(run('--url', url, 'upgrade', '-q').status, 0);
  assert(existsSync(path.join(folder, 'test.db')));
  assert.equal(run('--url', url, 'downgrade', '-q', 'a1').status, 0);
  assert.equal(run('--url', url, 'status').status, 3);
});

test('the launcher passes a signal on', async () => {
  add('a3', 'a2', `CREATE TABLE half (i integer);\n${ENDLESS}`, 'DROP TABLE half;');
  const program = spawn(launcher, ['--url', url, 'upgrade'], { cwd: directory, stdio: 'ignore' });
  const ended = new Promise((resolve) => program.on('exit', resolve));
  for (let tries = 0; tries < 300; tries++) {
    if (existsSync(path.join(folder, 'test.db'))) break;
    await sleep(100);
  }
  await sleep(1000);
  program.kill('SIGTERM');
  assert.equal(await ended, 130);
  assert.deepEqual((await revgraph.status({ url, directory })).pending, ['a3']);
});

test('a missing program is told', () => {
  const env = { ...process.env, REVGRAPH_BINARY: '/nowhere/revgraph' };
  const { status, stderr } = spawnSync(launcher, ['heads'], { env, encoding: 'utf8' });
  assert.equal(status, 127);
  assert.match(stderr, /\/nowhere\/revgraph/);
});

test('npx finds it', () => {
  assert.match(execFileSync('npx', ['--no-install', 'revgraph', '--version'], { encoding: 'utf8' }), /^revgraph \d/);
});
