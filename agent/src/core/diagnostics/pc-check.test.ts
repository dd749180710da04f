import { expect, it } from 'vitest';
import type { Check, CheckStatus } from './check.ts';
import { pcChecks } from './pc-check.ts';

const names = ['configuration', 'definitions', 'state-folder', 'agent', 'state', 'log-folder', 'clock', 'hid'];
const route = ['proxy', 'name-resolution', 'connection', 'tls', 'broker-login'];

/** All is well but for these. */
const found = (statuses: Readonly<Record<string, CheckStatus>> = {}): Check[] =>
  [...names, ...route].map((name) => ({ name, status: statuses[name] ?? 'ok', message: '' }));
const connected = { connection: 'connected', host: 'platform.example', rivals: null } as const;
const bad = (...args: Parameters<typeof pcChecks>): string[] => pcChecks(...args).flatMap(({ id, isGood }) => (isGood ? [] : [id]));

it('is one line each, with the names that belong into it', () => {
  expect(pcChecks(found({ proxy: 'skipped', clock: 'warning' }), connected, 'Acme')).toEqual([
    { id: 'setup', isGood: true, subject: null },
    { id: 'devices', isGood: true, subject: null },
    { id: 'platform', isGood: true, subject: 'platform.example' },
    { id: 'signed-in', isGood: true, subject: 'Acme' },
  ]);
});

it('is bad where one of its parts failed', () => {
  const away = { ...connected, connection: 'not-connected' } as const;
  for (const name of ['configuration', 'state-folder', 'state', 'log-folder', 'clock'])
    expect(bad(found({ [name]: 'failed' }), connected, '')).toEqual(['setup']);
  expect(bad(found({ hid: 'failed' }), connected, '')).toEqual(['devices']);
  for (const name of ['proxy', 'name-resolution', 'connection', 'tls'])
    expect(bad(found({ [name]: 'failed' }), away, '')).toEqual(['platform', 'signed-in']);
});

it('believes the connection that is up, and not who looks from outside', () => {
  expect(bad(found({ connection: 'failed', 'broker-login': 'failed' }), connected, '')).toEqual([]);
  expect(bad(found(), { ...connected, connection: 'not-authorised' }, '')).toEqual(['signed-in']);
});

it('names another manager where somebody looked for one', () => {
  const rivals = { ...connected, rivals: ['Jabra Direct'] };
  expect(pcChecks(found(), rivals, '').at(-1)).toEqual({ id: 'rivals', isGood: false, subject: 'Jabra Direct' });
  expect(pcChecks(found(), { ...connected, rivals: [] }, '').at(-1)).toEqual({ id: 'rivals', isGood: true, subject: null });
});
