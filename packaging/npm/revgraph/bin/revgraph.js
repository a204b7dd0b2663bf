#!/usr/bin/env node
'use strict';

// The command: runs the platform's program, and ends as it ends.

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { findBinary } = require('../lib/binary.js');

/** Signals sent to this process are meant for the program. */
function passOn(program) {
  // Ctrl-C reaches the program by itself, and a second signal would end it before it can tell where the database stands.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => terminal || program.kill('SIGINT'));
  process.on('SIGTERM', () => program.kill('SIGTERM'));
  process.on('SIGHUP', () => program.kill('SIGHUP'));
}

function end(message) {
  console.error(`error: ${message}`);
  process.exit(127);
}

let binary;
try {
  binary = findBinary();
} catch (error) {
  end(error.message);
}
const program = spawn(binary, process.argv.slice(2), { stdio: 'inherit' });
passOn(program);
program.on('error', (error) => end(`${binary} cannot be run: ${error.message}`));
program.on('exit', (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
