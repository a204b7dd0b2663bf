'use strict';

// Where the program is: in the package of this platform, an optional dependency of this one.

const { existsSync } = require('node:fs');

/**
 * The path of the `revgraph` program. The variable `REVGRAPH_BINARY` goes before that of the platform's package.
 * @returns {string}
 * @throws {Error} with the code `REVGRAPH_BINARY_NOT_FOUND`
 */
function findBinary() {
  const named = process.env.REVGRAPH_BINARY;
  if (named) {
    if (existsSync(named)) return named;
    throw notFound(`REVGRAPH_BINARY names ${named}, which does not exist`);
  }
  const platform = `@revgraph/${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${platform}/bin/revgraph`);
  } catch {
    throw notFound(
      `the package ${platform} is not installed. Either it was left out (--omit=optional, or node_modules of another ` +
        'platform), then install again here; or there is none for this platform, then set REVGRAPH_BINARY to the ' +
        'path of a program built from source',
    );
  }
}

function notFound(message) {
  return Object.assign(new Error(message), { code: 'REVGRAPH_BINARY_NOT_FOUND' });
}

module.exports = { findBinary };
