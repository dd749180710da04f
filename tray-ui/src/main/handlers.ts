import type { Handlers, Licence, Preferences, Target } from '../bridge/index.ts';
import type { AgentPort } from './agent/agent-view.ts';
import { agentHandlers } from './agent-handlers/index.ts';
import { pairingHandlers } from './agent-handlers/pairing.ts';
import { settingHandlers } from './agent-handlers/settings.ts';
import { saveHandlers, type SaveOptions } from './save-files.ts';

/** What a window can have done besides asking the agent. */
export interface MainActions extends SaveOptions {
  state(): ReturnType<Handlers['state']>;
  setPreferences(changed: Partial<Preferences>): void;
  /** The user said "Update now". */
  askedToInstall(deviceId: string): void;
  openWindow(target: Target): void;
  closeWindow(): void;
  licences(): Promise<Licence[]>;
  copyVersionDetails(): void;
}

/** What main does for a window. */
export function makeHandlers(agent: AgentPort, actions: MainActions): Handlers {
  const ofAgent = agentHandlers(agent);
  return {
    ...ofAgent,
    ...settingHandlers(agent),
    ...pairingHandlers(agent),
    ...saveHandlers(agent, actions),
    state: () => actions.state(),
    answerFirmware: (args) => {
      if (args.answer === 'install') actions.askedToInstall(args.deviceId);
      return ofAgent.answerFirmware(args);
    },
    licences: () => actions.licences(),
    copyVersionDetails: async () => done(() => actions.copyVersionDetails()),
    setPreferences: async (changed) => done(() => actions.setPreferences(given(changed))),
    openWindow: async (target) => done(() => actions.openWindow(target)),
    closeWindow: async () => done(() => actions.closeWindow()),
  };
}

function done(does: () => void): null {
  does();
  return null;
}

/** Without what was left out. */
const given = (changed: { readonly [K in keyof Preferences]?: Preferences[K] | undefined }): Partial<Preferences> => ({
  ...(changed.language === undefined ? {} : { language: changed.language }),
  ...(changed.batteryNotice === undefined ? {} : { batteryNotice: changed.batteryNotice }),
  ...(changed.hasSeenFirstRun === undefined ? {} : { hasSeenFirstRun: changed.hasSeenFirstRun }),
});
