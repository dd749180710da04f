import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ModuleItem, parseSync } from '@swc/core';

/** A statement of a declaration file that declares something by name. */
export interface Declaration {
  readonly name: string;
  /** Path of the file that declares it, from the folder of all declaration files. */
  readonly file: string;
  /** As it stands there, without `export declare`. */
  readonly text: string;
  /** The comment before it, without its stars; empty where there is none. */
  readonly comment: string;
}

/** What a file says of names: its own, and those that it takes over from others. */
interface DeclarationFile {
  readonly own: readonly Declaration[];
  /** `export * from`: paths. */
  readonly all: readonly string[];
  /** `export { local as name } from`. */
  readonly named: readonly { readonly name: string; readonly local: string; readonly from: string }[];
}

const withoutStars = (comment: string): string =>
  comment
    .slice(3, -2)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();

/** What a statement declares, null where it declares nothing. */
function namesOf(item: ModuleItem): readonly string[] {
  if (item.type !== 'ExportDeclaration') return [];
  const { declaration } = item;
  switch (declaration.type) {
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
      return [declaration.identifier.value];
    case 'TsInterfaceDeclaration':
    case 'TsTypeAliasDeclaration':
    case 'TsEnumDeclaration':
      return [declaration.id.value];
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.value] : []));
    case 'TsModuleDeclaration':
      return [];
  }
}

/** Takes away what is the same for every declaration, and where its types live: the page says that. */
const tidy = (text: string): string =>
  text
    .replace(/^export (declare )?/, '')
    .replaceAll(/import\("[^"]+"\)\./g, '')
    .replaceAll(/^ +#private;\n/gm, '')
    .replaceAll('    ', '  ');

/** Reads a declaration file; `file` is its path from `folder`. */
function readDeclarationFile(folder: string, file: string): DeclarationFile {
  // swc counts bytes, from a number that grows from parse to parse: an empty statement in front says which.
  const source = Buffer.from(`;\n${readFileSync(join(folder, file), 'utf8')}`);
  const [first, ...items] = parseSync(source.toString('utf8'), { syntax: 'typescript', target: 'es2022' }).body;
  const zero = first?.span.start ?? 0;
  const resolve = (path: string): string => join(dirname(file), path.replace(/\.ts$/, '.d.ts'));
  const own: Declaration[] = [];
  const all: string[] = [];
  const named: { name: string; local: string; from: string }[] = [];
  let end = zero;
  for (const item of items) {
    const before = source.subarray(end - zero, item.span.start - zero).toString('utf8');
    const comment = withoutStars(/\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.exec(before)?.[0].trim() ?? '/****/');
    const text = tidy(source.subarray(item.span.start - zero, item.span.end - zero).toString('utf8'));
    for (const name of namesOf(item)) own.push({ name, file, text, comment });
    if (item.type === 'ExportAllDeclaration') all.push(resolve(item.source.value));
    if (item.type === 'ExportNamedDeclaration' && item.source) {
      const from = resolve(item.source.value);
      for (const specifier of item.specifiers)
        if (specifier.type === 'ExportSpecifier')
          named.push({ name: (specifier.exported ?? specifier.orig).value, local: specifier.orig.value, from });
    }
    end = item.span.end;
  }
  return { own, all, named };
}

/** Everything that a file exports, followed to where it is declared. A name may stand for a value and a type. */
export function exportsOf(folder: string, file: string): readonly Declaration[] {
  const { own, all, named } = readDeclarationFile(folder, file);
  const followed = named.flatMap(({ name, local, from }) =>
    exportsOf(folder, from)
      .filter((declaration) => declaration.name === local)
      .map((declaration) => ({ ...declaration, name })),
  );
  return [...own, ...followed, ...all.flatMap((from) => exportsOf(folder, from))];
}
