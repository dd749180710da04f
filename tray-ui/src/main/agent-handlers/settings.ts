import type { LocalClient } from '@jpd/agent/local';
import type { Handlers } from '../../bridge/index.ts';

/** Settings that a person changes. Rejects with `LocalError` where no agent works. */
export const settingHandlers = (agent: Pick<LocalClient, 'call'>): Pick<Handlers, 'changeSetting'> => ({
  changeSetting: (change) => agent.call('changeSetting', change),
});
