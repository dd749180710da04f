import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as declarations from './messages/index.ts';
import type { Message } from './messages/index.ts';
import { messageTable } from './messages/table.ts';
import { verifiedWires } from './settings/index.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'provenance' in value && 'subcommand' in value;

const exported: readonly (readonly [string, unknown])[] = Object.entries(declarations);

/** The modules that declare messages, each with its text. */
const modules = readdirSync(new URL('src/messages/', root))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: read(`src/messages/${file}`) }));

/** The tests of the module that declares a message: its own, or those that several modules share. */
function testOf(name: string): string {
  const declaring = modules.find(({ text }) => text.includes(`export const ${name} = message(`));
  const own = `src/messages/${declaring?.file.replace('.ts', '.test.ts') ?? ''}`;
  return declaring && existsSync(new URL(own, root)) ? own : 'src/messages/messages.test.ts';
}

const tabled = [
  ...exported.flatMap(([name, value]) => (isMessage(value) ? [{ name, message: value, test: testOf(name) }] : [])),
  ...verifiedWires.map(({ keys, message }) => ({ name: keys[0] ?? '', message, test: 'src/settings/wires.test.ts' })),
].toSorted((a, b) => a.message.command - b.message.command || a.message.subcommand - b.message.subcommand);

describe('the README', () => {
  test('shows every message as it is declared (`npm run docs` writes the table)', async () => {
    expect(tabled.length).toBeGreaterThan(10);
    const table = /(?<=\n## Messages\n(?:(?!## ).*\n)*)\| name(?:.*\n)+?(?=\n)/;
    expect(readme).toMatch(table);
    await expect(readme.replace(table, `${messageTable(tabled)}\n`)).toMatchFileSnapshot(fileURLToPath(new URL('README.md', root)));
  });

  test('names tests that are there and know the message', () => {
    for (const { name, message, test: path } of tabled) {
      expect(existsSync(new URL(path, root))).toBe(true);
      expect(read(path), `${message.name} in ${path}`).toContain(name);
    }
  });

  test.each(readdirSync(new URL('examples/', root)))('quotes examples/%s, which src/examples.test.ts runs', (name) => {
    // An only line stands in a sentence.
    const isLine = name.endsWith('.txt') && read(`examples/${name}`).split('\n').length === 2;
    expect(readme).toContain(isLine ? read(`examples/${name}`).trim() : `\n${read(`examples/${name}`)}\`\`\``);
  });

  test('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
