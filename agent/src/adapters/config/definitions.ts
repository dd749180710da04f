import type { z } from 'zod';

import { definitionFieldNames, definitionsSchema, type DefinedMapping } from './definitions-schema.ts';
import { type Ambiguity, ambiguities, encodingProblem, widthProblem } from './definitions-rules.ts';
import { nearestName } from './nearest.ts';
import { type ConfigurationProblem, keyProblem, sourceProblem } from './problem.ts';
import { readJsonFile } from './read-json.ts';

/** What the settings are called and which values they take; the caller has it from the protocol library. */
export interface SettingRules<Key extends string> {
  readonly keys: readonly Key[];
  /** Why `value` is none for the setting, null where it is one. */
  readonly problem: (key: Key, value: boolean | number | string) => string | null;
}

/** A wire mapping as the protocol library takes it. */
export interface OperatorMapping<Key extends string> {
  readonly setting: Key;
  readonly productIds: readonly number[];
  /** Versions it holds for, both ends included, null for an open end; null: every version. */
  readonly firmware: { readonly from: string | null; readonly to: string | null } | null;
  readonly command: number;
  readonly subcommand: number;
  /** Bytes of the payload before the value. */
  readonly offset: number;
  readonly encoding: DefinedMapping['encoding'];
  /** Who, when and how, in one sentence. */
  readonly verified: string;
}

export type Definitions<Key extends string> =
  | { readonly ok: true; readonly mappings: readonly OperatorMapping<Key>[] }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

const place = (path: readonly PropertyKey[]) =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`), '');

function issueProblems(issue: z.core.$ZodIssue, origin: string): readonly ConfigurationProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      keyProblem(
        place([...issue.path, key]),
        origin,
        `is not known: remove it, or correct its name; the nearest known name is ${nearestName(key, definitionFieldNames)}`,
      ),
    );
  }
  if (issue.path.length === 0) return [sourceProblem(origin, 'must contain a JSON object in braces')];
  const missing = issue.input === undefined && issue.code !== 'custom' ? 'is missing: it ' : '';
  return [keyProblem(place(issue.path), origin, missing + issue.message)];
}

function typed<Key extends string>(mapping: DefinedMapping, setting: Key): OperatorMapping<Key> {
  const { productIds, firmware, command, subcommand, offset, encoding, verified } = mapping;
  const range = firmware ? { from: firmware.from ?? null, to: firmware.to ?? null } : null;
  const sentence = `verified by ${verified.by} on ${verified.on}: ${verified.evidence}`;
  return { setting, productIds: [...new Set(productIds)], firmware: range, command, subcommand, offset, encoding, verified: sentence };
}

const ambiguityText: Readonly<Record<Ambiguity, string>> = {
  'same-setting': 'maps a setting that an earlier mapping maps for the same product and firmware: keep one of them',
  'same-bytes': 'uses bytes that an earlier mapping uses for another setting of the same product and firmware: one of them is wrong',
};

/** Checks a parsed definitions file. `origin` names it in the problems: `file /etc/…/definitions.json`. */
export function parseDefinitions<Key extends string>(document: unknown, origin: string, rules: SettingRules<Key>): Definitions<Key> {
  const parsed = definitionsSchema.safeParse(document, { reportInput: true });
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap((issue) => issueProblems(issue, origin)) };
  const problems: ConfigurationProblem[] = [];
  const mappings: OperatorMapping<Key>[] = [];
  for (const [index, mapping] of parsed.data.mappings.entries()) {
    const at = (field: string, sentence: string) => problems.push(keyProblem(`mappings[${index}]${field}`, origin, sentence));
    const setting = rules.keys.find((key) => key === mapping.setting);
    if (setting === undefined) {
      at('.setting', `is no setting that can be mapped; the nearest known name is ${nearestName(mapping.setting, rules.keys)}`);
      continue;
    }
    const badWidth = widthProblem(mapping);
    if (badWidth !== null) at(badWidth.field, badWidth.sentence);
    const badEncoding = encodingProblem(mapping.encoding, (value) => rules.problem(setting, value));
    if (badEncoding !== null) at('.encoding', badEncoding);
    mappings.push(typed(mapping, setting));
  }
  for (const { index, kind } of ambiguities(parsed.data.mappings)) problems.push(keyProblem(`mappings[${index}]`, origin, ambiguityText[kind]));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, mappings };
}

/** Reads the definitions file that `definitionsFile` names. */
export async function loadDefinitions<Key extends string>(file: string, rules: SettingRules<Key>): Promise<Definitions<Key>> {
  const origin = `file ${file}`;
  const read = await readJsonFile(file, 'create it, or remove definitionsFile from the configuration');
  return read.ok ? parseDefinitions(read.value, origin, rules) : { ok: false, problems: [sourceProblem(origin, read.sentence)] };
}
