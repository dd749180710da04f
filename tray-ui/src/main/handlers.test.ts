import { expect, it } from 'vitest';
import type { AgentPort } from './agent/agent-view.ts';
import { makeHandlers, type MainActions } from './handlers.ts';
import { stateWith } from './testing/states.ts';

function played() {
  const done: unknown[] = [];
  const agent: Pick<AgentPort, 'call'> = {
    call: (name, args) => {
      done.push([name, args]);
      return Promise.reject(new Error('nobody waits for the answer'));
    },
  };
  const actions: MainActions = {
    state: () => Promise.resolve(stateWith([])),
    setPreferences: (changed) => void done.push(['preferences', changed]),
    askedToInstall: (deviceId) => void done.push(['asked to install', deviceId]),
    openWindow: (target) => void done.push(['open', target]),
    closeWindow: () => void done.push(['close']),
    licences: () => Promise.resolve([]),
    copyVersionDetails: () => void done.push(['copy']),
    withoutAgent: agent,
    askWhere: () => Promise.resolve(null),
    now: () => 0,
  };
  // Only calls are made here.
  return { done, handlers: makeHandlers(agent as AgentPort, actions) };
}

it('who says "Update now" is noted before the agent hears of it, since only they are told of its end', async () => {
  const { handlers, done } = played();
  await handlers.answerFirmware({ deviceId: 'd1', answer: 'postpone' }).catch(() => undefined);
  await handlers.answerFirmware({ deviceId: 'd1', answer: 'install' }).catch(() => undefined);
  expect(done).toEqual([
    ['answerFirmware', { deviceId: 'd1', answer: 'postpone' }],
    ['asked to install', 'd1'],
    ['answerFirmware', { deviceId: 'd1', answer: 'install' }],
  ]);
});

it('what was left out of a choice is left as it is', async () => {
  const { handlers, done } = played();
  expect(await handlers.setPreferences({ language: 'ja', batteryNotice: undefined })).toBeNull();
  expect(done).toEqual([['preferences', { language: 'ja' }]]);
});
