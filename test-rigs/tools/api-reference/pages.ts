import { exportsOf, type Declaration } from './declaration-file.ts';

/** Entries of the package that have a page of their own; the main entry has a page for each layer. */
const entries = { virtual: 'virtual/index.d.ts', firmware: 'firmware/index.d.ts' } as const;

const byName = (a: Declaration, b: Declaration): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Several declarations of one name (a value and its type, overloads) stand together. */
function sections(declarations: readonly Declaration[]): readonly (readonly Declaration[])[] {
  const groups = new Map<string, Declaration[]>();
  for (const declaration of declarations.toSorted(byName)) groups.set(declaration.name, [...(groups.get(declaration.name) ?? []), declaration]);
  return [...groups.values()];
}

function section(group: readonly Declaration[]): string {
  const [first] = group;
  if (!first) return '';
  const source = first.file.replace(/\.d\.ts$/, '.ts');
  const comments = group.map(({ comment }) => comment).filter((comment) => comment !== '');
  const code = group.map(({ text }) => text).join('\n');
  return [`## ${first.name}`, ...comments, `\`\`\`ts\n${code}\n\`\`\``, `[${source}](../../src/${source})`].join('\n\n');
}

function page(title: string, importedFrom: string, declarations: readonly Declaration[]): string {
  const intro = `Made from the sources by \`npm run docs\`. Import from \`${importedFrom}\`.`;
  return `${[`# ${title}`, intro, ...sections(declarations).map(section)].join('\n\n')}\n`;
}

/** Every page of the API reference, by the name of its file. `folder`: the library's declaration files. */
export function apiPages(folder: string): ReadonlyMap<string, string> {
  const main = exportsOf(folder, 'index.d.ts');
  const layers = [...new Set(main.map(({ file }) => file.split('/')[0] ?? ''))].toSorted();
  const pages = new Map<string, string>();
  const index: string[] = [];
  const add = (name: string, importedFrom: string, declarations: readonly Declaration[]): void => {
    const names = sections(declarations).map(([first]) => `\`${first?.name ?? ''}\``);
    pages.set(`${name}.md`, page(name, importedFrom, declarations));
    index.push(`- [${name}](${name}.md), from \`${importedFrom}\`: ${names.join(', ')}`);
  };
  for (const layer of layers)
    add(
      layer,
      '@jpd/protocol',
      main.filter(({ file }) => file.startsWith(`${layer}/`)),
    );
  for (const [name, file] of Object.entries(entries)) add(name, `@jpd/protocol/${name}`, exportsOf(folder, file));
  const intro = 'Everything that the package exports, made from the sources by `npm run docs`. Where to begin: [the README](../../README.md).';
  pages.set('README.md', `${['# API reference', intro, index.join('\n')].join('\n\n')}\n`);
  return pages;
}
