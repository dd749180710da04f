import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { asyncApi, jsonSchemas } from '@jpd/agent/contract';

/** Column up to which an array stays on its line: prettier's printWidth here, so that the files pass its check. */
const printWidth = 150;

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** JSON in the shape that prettier leaves alone: objects over several lines, arrays of scalars on one where they fit. */
function print(value: unknown, indent: string, used: number): string {
  if (isScalar(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (value.every(isScalar) && used + line.length < printWidth) return line;
    return `[\n${value.map((item) => inner + print(item, inner, inner.length)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value ?? {}).map(([key, item]) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + print(item, inner, head.length);
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

/** Text of every generated file of docs/contract, by its name. */
export function contractDocs(): ReadonlyMap<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([stem, schema]) => [`${stem}.schema.json`, schema] as const);
  return new Map([...schemas, ['asyncapi.json', asyncApi()] as const].map(([name, document]) => [name, `${print(document, '', 0)}\n`]));
}

/** `node test-rigs/dist/tools/write-contract-docs.js docs/contract` */
const [, script, folder] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (folder === undefined) {
    console.error('usage: write-contract-docs FOLDER');
    process.exitCode = 2;
  } else {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of contractDocs()) writeFileSync(join(folder, name), text);
  }
}
