import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { contractDocs } from '../tools/write-contract-docs.ts';

const folder = new URL('../../docs/contract/', import.meta.url);

describe('docs/contract, as test-rigs/tools/write-contract-docs.ts writes it,', () => {
  const docs = contractDocs();

  it('has a file for every payload and one for the topics, and no other', () => {
    const committed = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(committed.toSorted()).toEqual([...docs.keys()].toSorted());
    expect(docs.size).toBe(10);
  });

  it.each([...docs])('%s is what the schemas say', (name, text) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text);
  });
});
