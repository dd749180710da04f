import type { LocalClient } from '@jpd/agent/local';
import type { Handlers } from '../../bridge/index.ts';
import { placeOf, sentEntries } from './sent-entries.ts';

/** Of all 30 days: as many as the agent gives. */
const mostEntries = 10_000;

/** The calls of a window that are the agent's business alone. */
export type AgentHandlers = Pick<Handlers, 'answerFirmware' | 'recoverFirmware' | 'endRecovery' | 'tryNow' | 'checkPc' | 'sentLog' | 'sentExact'>;

/** Hands calls on. Each rejects with `LocalError`: `closed` where no agent works. */
export function agentHandlers(agent: Pick<LocalClient, 'call'>): AgentHandlers {
  return {
    answerFirmware: ({ deviceId, answer }) => agent.call('answerFirmware', { deviceId, answer }),
    recoverFirmware: ({ deviceId }) => agent.call('recoverFirmware', { deviceId }),
    endRecovery: ({ deviceId }) => agent.call('endRecovery', { deviceId }),
    tryNow: () => agent.call('tryNow', {}),
    checkPc: () => agent.call('check', {}),
    sentLog: async () => sentEntries(await agent.call('sent', { limit: mostEntries })),
    sentExact: async ({ id }) => {
      const place = placeOf(id);
      return place && agent.call('sentExact', place);
    },
  };
}
