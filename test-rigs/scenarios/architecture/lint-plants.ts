import { z } from 'zod';

/** A file that uses one thing which .oxlintrc.json takes away from a room. */
export interface LintPlant {
  /** As `restrictionsOf` names it. */
  readonly restriction: string;
  /** The rule and a word of the message by which it is caught. */
  readonly rule: string;
  readonly item: string;
  readonly file: string;
  readonly text: string;
}

interface Room {
  /** The `files` of the override, as they stand there. */
  readonly files: string;
  /** One folder for each of them. */
  readonly folders: readonly string[];
  readonly extension?: string;
}

const pure: Room = {
  files: 'protocol/src/**/*.ts, agent/src/{contract,local,ports,core}/**/*.ts',
  folders: ['protocol/src/device', 'agent/src/contract', 'agent/src/local', 'agent/src/ports', 'agent/src/core'],
};
const protocol: Room = { files: 'protocol/src/**/*.ts', folders: ['protocol/src/bytes'] };
const schemas: Room = { files: 'agent/src/{contract,local}/**/*.ts', folders: ['agent/src/contract', 'agent/src/local'] };
const core: Room = { files: 'agent/src/{core,ports}/**/*.ts', folders: ['agent/src/core', 'agent/src/ports'] };
const shell: Room = {
  files: 'agent/src/{adapters,cli}/**/*.ts, agent/src/app.ts, agent/src/app/**/*.ts',
  folders: ['agent/src/adapters/log', 'agent/src/cli', 'agent/src/app'],
};
const main: Room = { files: 'tray-ui/src/main/**/*.ts', folders: ['tray-ui/src/main'] };
const page: Room = {
  files: 'tray-ui/src/{renderer,bridge,fake-main}/**/*.{ts,tsx}',
  folders: ['tray-ui/src/renderer', 'tray-ui/src/bridge', 'tray-ui/src/fake-main'],
  extension: 'tsx',
};
const testFiles = '**/*.test.{ts,tsx}, **/testing/**/*.ts';
const tests: Room = { files: testFiles, folders: ['protocol/src/device', 'test-rigs/scenarios'], extension: 'test.ts' };
const testHelpers: Room = { files: testFiles, folders: ['agent/src/core/testing'] };
const everywhere: Room = { files: 'everywhere', folders: ['test-rigs/scenarios'], extension: 'test.ts' };

export const lintPlants: readonly LintPlant[] = [
  ...globals(pure, ['Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'console', 'process', 'fetch']),
  ...properties(pure, ['Date.now', 'performance.now', 'Math.random']),
  ...imports(protocol, { 'node:*{,/**}': ['node:fs', 'node:fs/promises'], '@jpd/**': ['@jpd/agent', '@jpd/agent/contract'] }),
  ...imports(schemas, {
    'node:*{,/**}': ['node:fs', 'node:fs/promises'],
    '@jpd/**': ['@jpd/protocol', '@jpd/protocol/virtual'],
    electron: ['electron'],
    '**/core/**': ['../core/core.ts'],
    '**/ports/**': ['../ports/index.ts'],
    '**/adapters/**': ['../adapters/log/log.ts'],
  }),
  ...imports(core, {
    'node:*{,/**}': ['node:fs', 'node:fs/promises'],
    electron: ['electron'],
    'node-hid': ['node-hid'],
    usb: ['usb'],
    mqtt: ['mqtt'],
    winston: ['winston'],
    zod: ['zod'],
    'classic-level': ['classic-level'],
    '**/adapters/**': ['../adapters/log/log.ts'],
  }),
  ...imports(shell, {
    electron: ['electron'],
    '@jpd/test-rigs{,/**}': ['@jpd/test-rigs', '@jpd/test-rigs/lab'],
    '@jpd/tray-ui{,/**}': ['@jpd/tray-ui', '@jpd/tray-ui/bridge'],
  }),
  ...plants(main, 'no-restricted-imports', { 'electron.ipcMain': ["import { ipcMain } from 'electron';\nexport const kept: unknown = ipcMain;\n"] }),
  ...imports(page, {
    electron: ['electron'],
    'node:*{,/**}': ['node:path', 'node:fs/promises'],
    '@jpd/**': ['@jpd/protocol', '@jpd/agent/contract'],
    '**/main/**': ['../main/main.ts'],
    '**/preload/**': ['../preload/preload.ts'],
  }),
  ...imports(tests, { 'node:timers/promises': ['node:timers/promises'] }),
  ...imports(testHelpers, { 'node:timers/promises': ['node:timers/promises'] }),
  ...plants(everywhere, 'vitest/no-restricted-vi-methods', {
    mock: ["import { vi } from 'vitest';\nvi.mock('../lab/lab.ts');\n"],
    doMock: ["import { vi } from 'vitest';\nvi.doMock('../lab/lab.ts');\n"],
  }),
];

/** Every restriction of the configuration by name, for example `no-restricted-globals Buffer in protocol/src/**`. */
export function restrictionsOf(configurationText: string): string[] {
  const { rules, overrides } = configuration.parse(JSON.parse(configurationText));
  return [{ files: [everywhere.files], rules }, ...overrides].flatMap((override) =>
    Object.entries(override.rules)
      .filter(([rule, value]) => rule.includes('no-restricted-') && value !== 'off')
      .flatMap(([rule, value]) => restrictedItems.parse(value).map((item) => nameOf(rule, item, override.files.join(', ')))),
  );
}

const rules = z.record(z.string(), z.unknown());
const configuration = z.object({ rules, overrides: z.array(z.object({ files: z.array(z.string()), rules })) });

/** One restricted thing, in the forms that oxlint's rules have for it. */
const restrictedItem = z.union([
  z.object({ name: z.string(), importNames: z.array(z.string()) }).transform(({ name, importNames }) => importNames.map((part) => `${name}.${part}`)),
  z.object({ name: z.string() }).transform(({ name }) => [name]),
  z.object({ object: z.string(), property: z.string() }).transform(({ object, property }) => [`${object}.${property}`]),
  z.object({ group: z.array(z.string()) }).transform(({ group }) => group),
]);
const ruleOption = z.union([
  z.literal('error').transform(() => []),
  restrictedItem,
  z.strictObject({ paths: z.array(restrictedItem) }).transform(({ paths }) => paths.flat()),
  z.strictObject({ patterns: z.array(restrictedItem) }).transform(({ patterns }) => patterns.flat()),
  z.record(z.string(), z.string()).transform((byMethod) => Object.keys(byMethod)),
]);
const restrictedItems = z.array(ruleOption).transform((options) => options.flat());

function nameOf(rule: string, item: string, files: string): string {
  return `${rule} ${item} in ${files}`;
}

function globals(room: Room, names: readonly string[]): LintPlant[] {
  return plants(room, 'no-restricted-globals', Object.fromEntries(names.map((name) => [name, [`export const kept: unknown = ${name};\n`]])));
}

function properties(room: Room, names: readonly string[]): LintPlant[] {
  return plants(room, 'no-restricted-properties', Object.fromEntries(names.map((name) => [name, [`export const kept: unknown = ${name}();\n`]])));
}

function importing(specifier: string): string {
  return `import * as planted from '${specifier}';\nexport const kept: unknown = planted;\n`;
}

function imports(room: Room, specifiers: Readonly<Record<string, readonly string[]>>): LintPlant[] {
  return plants(room, 'no-restricted-imports', Object.fromEntries(Object.entries(specifiers).map(([group, names]) => [group, names.map(importing)])));
}

/** A file for each text of each item in each folder of the room. */
function plants(room: Room, rule: string, texts: Readonly<Record<string, readonly string[]>>): LintPlant[] {
  const variants = Object.entries(texts).flatMap(([item, variantsOfItem]) => variantsOfItem.map((text) => ({ item, text })));
  return room.folders.flatMap((folder) =>
    variants.map(({ item, text }, index) => ({
      restriction: nameOf(rule, item, room.files),
      rule,
      item,
      file: `${folder}/lint-${rule.replaceAll('/', '-')}-${index}.${room.extension ?? 'ts'}`,
      text,
    })),
  );
}
