import { describe, expect, it } from 'vitest';

import { payloadExamples } from './examples.ts';
import { parsePayload } from './payload.ts';
import type { TopicKind } from './topic-rules.ts';
import { topicKinds } from './topic-rules.ts';

type Path = readonly string[];

/** Every field of the examples that the contract marks with a question mark; all others are required. */
const optional: ReadonlySet<string> = new Set([
  'client.clientName',
  'client.metadata',
  'client.metadata.userName',
  'client.metadata.computer',
  'client.metadata.computer.domain',
  'client.metadata.computer.manufacturer',
  'client.metadata.computer.serialNumber',
  'client.metadata.location',
  'results.progress',
  'results.error',
  'results.data',
  'policy.organizationName',
  'policy.updateWindow',
  'policy.updateWindow.days',
  'policy.postponeHours',
  'policy.allowQuit',
  'desired.firmware.keepUpdated',
  'desired.firmware.allowDowngrade',
  'desired.firmware.package',
  'desired.firmware.unsupportedVersions',
  'commands.deviceId',
]);

/** Objects whose keys are the sender's, so that none of them is required. */
const open = new Set(['devices.settings.values', 'results.data', 'desired.settings', 'commands.params']);

/** The examples with every optional field filled in. */
const complete: { readonly [Kind in TopicKind]: object } = {
  ...payloadExamples,
  results: { ...payloadExamples.results, error: { code: 'not-supported', message: 'The device has no verified way to do it' } },
  desired: { ...payloadExamples.desired, firmware: { ...payloadExamples.desired.firmware, unsupportedVersions: ['1.0.0'] } },
  commands: { ...payloadExamples.commands, deviceId: '24da-70bf92123456' },
};

function fields(value: unknown, path: Path, name: string): Path[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || open.has(name)) return [];
  return Object.entries(value).flatMap(([key, child]) => [[...path, key], ...fields(child, [...path, key], `${name}.${key}`)]);
}

function change(value: object, path: Path, edit: (holder: Record<string, unknown>, key: string) => void): object {
  const copy = structuredClone(value);
  let holder = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  edit(holder, path.at(-1) ?? '');
  return copy;
}

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const everyField = topicKinds.flatMap((kind) => fields(complete[kind], [], kind).map((path) => [`${kind}.${path.join('.')}`, kind, path] as const));

describe('a payload', () => {
  it.each(topicKinds)('of %s is accepted with every optional field', (kind) => {
    expect(parsePayload(kind, bytes(complete[kind]))).toEqual({ ok: true, value: complete[kind] });
  });

  it('is walked in every field the contract names', () => {
    const names: string[] = everyField.map(([name]) => name);
    expect([...optional].filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(120);
  });

  it.each(everyField.filter(([name]) => !optional.has(name)))('without %s is refused, and told so', (_name, kind, path) => {
    const parsed = parsePayload(kind, bytes(change(complete[kind], path, (holder, key) => delete holder[key])));
    expect(parsed).toEqual({
      ok: false,
      problems: [path[0] === 'schema' ? expect.stringMatching(/^schema must be /) : `${path.join('.')} is missing`],
    });
  });

  it.each(everyField.filter(([name]) => optional.has(name)))('without %s is accepted', (_name, kind, path) => {
    expect(parsePayload(kind, bytes(change(complete[kind], path, (holder, key) => delete holder[key])))).toMatchObject({ ok: true });
  });

  it.each(everyField.filter(([name]) => !open.has(name)))('with an array of an array as %s is refused', (_name, kind, path) => {
    const parsed = parsePayload(kind, bytes(change(complete[kind], path, (holder, key) => (holder[key] = [[]]))));
    expect(parsed).toMatchObject({ ok: false, problems: [expect.stringContaining(path[0] ?? '')] });
  });

  it.each(topicKinds)('of %s loses the fields that version 1 does not know', (kind) => {
    expect(parsePayload(kind, bytes({ ...complete[kind], addedLater: { deep: true } }))).toEqual({ ok: true, value: complete[kind] });
  });
});
