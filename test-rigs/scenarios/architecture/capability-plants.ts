/** Code that must not compile in a layer, because its tsconfig gives it neither Node nor a page, nor the layers above it. */
export interface CapabilityPlant {
  readonly project: string;
  readonly file: string;
  readonly text: string;
  /** The compiler's message has this in it. */
  readonly message: string;
}

/** The projects without Node types, each with the folder of its sources. */
export const pureProjects: Readonly<Record<string, string>> = {
  'protocol/tsconfig.src.json': 'protocol/src/device',
  'agent/tsconfig.contract.json': 'agent/src/contract',
  'agent/tsconfig.local.json': 'agent/src/local',
  'agent/tsconfig.ports.json': 'agent/src/ports',
  'agent/tsconfig.core.json': 'agent/src/core',
};

const texts: Readonly<Record<string, { readonly text: string; readonly message: string }>> = {
  buffer: { text: 'export const kept: unknown = Buffer;\n', message: "Cannot find name 'Buffer'" },
  process: { text: 'export const kept: unknown = process;\n', message: "Cannot find name 'process'" },
  timer: { text: 'export const kept: unknown = setTimeout;\n', message: "Cannot find name 'setTimeout'" },
  console: { text: 'export const kept: unknown = console;\n', message: "Cannot find name 'console'" },
  fetch: { text: 'export const kept: unknown = fetch;\n', message: "Cannot find name 'fetch'" },
  page: { text: 'export const kept: unknown = document;\n', message: "Cannot find name 'document'" },
  files: { text: "import * as fs from 'node:fs';\nexport const kept: unknown = fs;\n", message: "'node:fs'" },
};

export const capabilityPlants: readonly CapabilityPlant[] = [
  ...Object.entries(pureProjects).flatMap(([project, folder]) =>
    Object.entries(texts).map(([name, plant]) => ({ project, file: `${folder}/planted-${name}.ts`, ...plant })),
  ),
  above('agent/tsconfig.contract.json', 'agent/src/contract', '../core/core.ts'),
  above('agent/tsconfig.local.json', 'agent/src/local', '../core/core.ts'),
  above('agent/tsconfig.ports.json', 'agent/src/ports', '../adapters/log/plain.ts'),
  above('agent/tsconfig.core.json', 'agent/src/core', '../adapters/log/plain.ts'),
];

function above(project: string, folder: string, specifier: string): CapabilityPlant {
  const text = `import * as planted from '${specifier}';\nexport const kept: unknown = planted;\n`;
  return { project, file: `${folder}/planted-above.ts`, text, message: 'is not listed within the file list of project' };
}
