import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { withDeclarations } from '../tools/api-reference/emit-declarations.ts';
import { apiPages } from '../tools/api-reference/pages.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}protocol/docs/api`;

describe('protocol/docs/api, as `npm run docs` writes it,', () => {
  let pages: ReadonlyMap<string, string>;
  beforeAll(() => {
    pages = withDeclarations(root, apiPages);
  });

  test('has a page for each layer and entry, and no other', () => {
    expect(pages.size).toBeGreaterThan(10);
    expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted());
  });

  test('says what the sources say', () => {
    for (const [name, text] of pages) expect(readFileSync(`${folder}/${name}`, 'utf8'), `${name} is old: npm run docs`).toBe(text);
  });

  test('shows signatures with what the sources say of them, and no privates', () => {
    const session = pages.get('session.md') ?? '';
    expect(session).toContain('## Session\n\nOne conversation with a device over an open path.\n');
    expect(session).toContain('class Session {\n  constructor(channel: HidChannel, clock: Clock, timing?: Partial<Timing>);');
    expect([...pages.values()].join('\n')).not.toContain('#private');
    expect(pages.get('frames.md')).toContain('## PacketType\n');
    expect(pages.get('virtual.md')).toContain('class VirtualBus implements HidPort {');
    expect(pages.get('README.md')).toContain('- [bytes](bytes.md), from `@jpd/protocol`: `ByteReader`, `ByteWriter`,');
  });
});
