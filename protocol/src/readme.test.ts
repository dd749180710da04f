import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import * as declarations from './messages/index.ts';
import type { Message } from './messages/index.ts';
import { messageTable } from './messages/table.ts';
import { verifiedWires } from './settings/index.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'provenance' in value && 'subcommand' in value;

const exported: readonly (readonly [string, unknown])[] = Object.entries(declarations);
const tabled = [
  ...exported
    .map(([, value]) => value)
    .filter(isMessage)
    .map((message) => ({ message, test: 'src/messages/messages.test.ts' })),
  ...verifiedWires.map(({ message }) => ({ message, test: 'src/settings/wires.test.ts' })),
].toSorted((a, b) => a.message.command - b.message.command || a.message.subcommand - b.message.subcommand);

describe('the README', () => {
  test('shows every message as it is declared', () => {
    expect(tabled.length).toBeGreaterThan(10);
    const [, table] = /## Messages\n(?:.*\n)*?\n(\| name(?:.*\n)+?)\n/.exec(readme) ?? [];
    expect(table?.trim()).toBe(messageTable(tabled));
  });

  test('names tests that are there and know the message', () => {
    for (const { message, test: path } of tabled) {
      expect(existsSync(new URL(path, root))).toBe(true);
      const declared = exported.find(([, value]) => value === message)?.[0];
      const keys = verifiedWires.find((wire) => wire.message === message)?.keys ?? [];
      for (const word of declared === undefined ? keys : [declared]) expect(read(path)).toContain(word);
    }
  });

  test('quotes the first program, which runs', async () => {
    const [, quoted] = /```ts\n([^`]*(?:`[^`]+`[^`]*)*)```/.exec(readme) ?? [];
    expect(quoted).toBe(read('examples/first-program.ts'));
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      await import('../examples/first-program.ts');
      expect(printed.mock.calls).toEqual([['Jabra Evolve2 75 (70BF92000001), firmware 1.8.13, battery 80 %']]);
    } finally {
      printed.mockRestore();
    }
    expect(readme).toContain('Jabra Evolve2 75 (70BF92000001), firmware 1.8.13, battery 80 %');
  });

  test('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
