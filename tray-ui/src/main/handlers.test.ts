import { LocalError } from '@jpd/agent/local';
import { describe, expect, it } from 'vitest';
import type { AgentPort } from './agent/agent-view.ts';
import { makeHandlers, type MainActions } from './handlers.ts';
import { stateWith } from './testing/states.ts';

function played({ path, answers = {} }: { readonly path?: string | null; readonly answers?: Readonly<Record<string, unknown>> } = {}) {
  const done: unknown[] = [];
  const agent = {
    view: { process: { state: 'running' }, local: null },
    onChange: () => () => undefined,
    call: (name: string, args: unknown) => {
      done.push([name, args]);
      return name in answers ? Promise.resolve(answers[name]) : Promise.reject(new LocalError('closed', 'no agent works'));
    },
  } as unknown as AgentPort;
  const actions: MainActions = {
    state: () => Promise.resolve(stateWith([])),
    setPreferences: (changed) => void done.push(['preferences', changed]),
    askedToInstall: (deviceId) => void done.push(['asked to install', deviceId]),
    openWindow: (target) => void done.push(['open', target]),
    closeWindow: () => void done.push(['close']),
    licences: () => Promise.resolve([]),
    copyVersionDetails: () => void done.push(['copy']),
    askWhere: (wish) => {
      done.push(['where', wish]);
      return Promise.resolve(path ?? null);
    },
    writeFile: (file, text) => {
      done.push(['write', file, text]);
      return Promise.resolve();
    },
    now: () => Date.UTC(2026, 10, 24),
  };
  return { done, handlers: makeHandlers(agent, actions) };
}

describe('main, asked by a window', () => {
  it('has the diagnostics saved where the person says, and nowhere where they give up', async () => {
    const given = played({ path: '/home/a/d.zip', answers: { saveDiagnostics: null } });
    expect(await given.handlers.saveDiagnostics({})).toEqual({ isSaved: true });
    expect(given.done).toEqual([
      ['where', { name: 'jabra-diagnostics-2026-11-24', extension: 'zip' }],
      ['saveDiagnostics', { path: '/home/a/d.zip' }],
    ]);
    const gaveUp = played({ path: null, answers: { saveDiagnostics: null } });
    expect(await gaveUp.handlers.saveDiagnostics({})).toEqual({ isSaved: false });
    expect(gaveUp.done).toHaveLength(1);
  });

  it('writes what was sent into a file', async () => {
    const { handlers, done } = played({ path: '/home/a/s.json', answers: { sent: { entries: [], total: 0 } } });
    expect(await handlers.saveSentLog({})).toEqual({ isSaved: true });
    expect(done.at(-1)).toEqual(['write', '/home/a/s.json', '{\n  "entries": [],\n  "total": 0\n}\n']);
  });

  it('asks nobody for a file where no agent can fill it', async () => {
    const { handlers, done } = played({ path: '/home/a/s.json' });
    await expect(handlers.saveSentLog({})).rejects.toMatchObject({ code: 'closed' });
    expect(done).toEqual([['sent', { limit: 10_000 }]]);
  });

  it('notes who asked for an update, since only they are told of its end', async () => {
    const { handlers, done } = played({ answers: { answerFirmware: true } });
    await handlers.answerFirmware({ deviceId: 'd1', answer: 'postpone' });
    await handlers.answerFirmware({ deviceId: 'd1', answer: 'install' });
    expect(done.map((one) => (one as readonly unknown[])[0])).toEqual(['answerFirmware', 'asked to install', 'answerFirmware']);
  });

  it('has nothing to close of a pairing whose agent ended', async () => {
    expect(await played().handlers.stopPairing({})).toBeNull();
    await expect(played().handlers.startPairing({})).rejects.toMatchObject({ code: 'closed' });
  });

  it('keeps what was chosen and leaves the rest as it is', async () => {
    const { handlers, done } = played();
    await handlers.setPreferences({ language: 'ja', batteryNotice: undefined });
    expect(done).toEqual([['preferences', { language: 'ja' }]]);
  });
});
