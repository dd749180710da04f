import { z } from 'zod';
import { calls, events } from './contract.ts';

/** The bridge as Markdown tables, made from the schemas. */
export function bridgeTables(): string {
  const rows = Object.entries(calls).map(([name, { about, args, result }]) => `| \`${name}\` | ${about} | ${code(args)} | ${code(result)} |`);
  const told = Object.entries(events).map(([name, { about, payload }]) => `| \`${name}\` | ${about} | ${code(payload)} |`);
  return [
    '# What a window and main say to each other',
    '',
    'Made from `src/bridge/contract.ts`; do not edit. `AppState` is `src/bridge/state.ts`.',
    'Main answers its own page in a top frame only, judges every argument by its schema, and says no more than a code where it refuses.',
    '',
    '## Calls',
    '',
    '| call | what for | arguments | result |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Events',
    '',
    '| event | what for | payload |',
    '|---|---|---|',
    ...told,
    '',
  ].join('\n');
}

interface JsonShape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonShape[];
  readonly oneOf?: readonly JsonShape[];
  readonly items?: JsonShape;
  readonly properties?: Readonly<Record<string, JsonShape>>;
  readonly required?: readonly string[];
}

// JSON Schema is what zod itself writes, so its shape is known.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const code = (schema: z.ZodType): string => `\`${shape(z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonShape)}\``.replaceAll('|', '\\|');

function shape(schema: JsonShape): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map(shape).join(' | ');
  if (schema.type === 'array') return `(${schema.items ? shape(schema.items) : 'unknown'})[]`;
  if (schema.properties) {
    if ('devices' in schema.properties) return 'AppState';
    const fields = Object.entries(schema.properties).map(([name, value]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${shape(value)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`;
  }
  return schema.type ?? 'unknown';
}
