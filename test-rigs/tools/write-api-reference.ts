import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { withDeclarations } from './api-reference/emit-declarations.ts';
import { apiPages } from './api-reference/pages.ts';

/** `node test-rigs/dist/tools/write-api-reference.js CHECKOUT`: writes protocol/docs/api, and takes away what is no page any more. */
const [, , checkout] = process.argv;
if (checkout === undefined) {
  console.error('usage: write-api-reference CHECKOUT');
  process.exitCode = 2;
} else {
  const folder = join(resolve(checkout), 'protocol/docs/api');
  const pages = withDeclarations(resolve(checkout), apiPages);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}
