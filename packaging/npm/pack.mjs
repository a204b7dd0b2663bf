// Makes the npm packages: pack.mjs VERSION OUT PLATFORM=BINARY…
//
// OUT gets revgraph-VERSION.tgz and one revgraph-PLATFORM-VERSION.tgz for each binary. The launcher names the packages of
// all platforms of platforms.json, with exactly its own version; npm installs the one that fits.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.join(here, '..', '..');
const platforms = readJson(path.join(here, 'platforms.json'));

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Packs a folder that holds a package, with the licences, into `out`. */
function pack(folder, out) {
  for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    copyFileSync(path.join(repository, licence), path.join(folder, licence));
  }
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], { cwd: folder });
}

function launcher(version, work, out) {
  const folder = path.join(work, 'revgraph');
  cpSync(path.join(here, 'revgraph'), folder, { recursive: true });
  const file = path.join(folder, 'package.json');
  const packages = Object.keys(platforms).map((platform) => [`@revgraph/${platform}`, version]);
  writeJson(file, { ...readJson(file), version, optionalDependencies: Object.fromEntries(packages) });
  pack(folder, out);
}

function platformPackage(version, platform, binary, work, out) {
  const { os, cpu, target } = platforms[platform];
  const folder = path.join(work, platform);
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  copyFileSync(binary, path.join(folder, 'bin', 'revgraph'));
  chmodSync(path.join(folder, 'bin', 'revgraph'), 0o755);
  const { license, engines } = readJson(path.join(here, 'revgraph', 'package.json'));
  writeJson(path.join(folder, 'package.json'), {
    name: `@revgraph/${platform}`,
    version,
    description: `The revgraph program for ${target}`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    files: ['bin', 'LICENSE-MIT', 'LICENSE-APACHE'],
    preferUnplugged: true,
  });
  writeFileSync(path.join(folder, 'README.md'), `The program of the package \`revgraph\` for ${target}. Install that one.\n`);
  pack(folder, out);
}

const [version, out, ...binaries] = process.argv.slice(2);
if (!version || !out || binaries.length === 0) {
  console.error('usage: pack.mjs VERSION OUT PLATFORM=BINARY…');
  process.exit(2);
}
const work = mkdtempSync(path.join(tmpdir(), 'revgraph-npm-'));
try {
  launcher(version, work, path.resolve(out));
  for (const entry of binaries) {
    const [platform, binary] = entry.split('=');
    if (!(platform in platforms)) throw new Error(`${platform} is not in platforms.json`);
    platformPackage(version, platform, binary, work, path.resolve(out));
  }
} finally {
  rmSync(work, { recursive: true });
}
