import type { AgentParts } from './agent-parts.ts';
import type { AgentPorts, AgentSettings } from './agent-settings.ts';
import { type Platform, type PlatformContext, wirePlatform } from './platform/platform-wiring.ts';

/** The conversation with the platform among the agent's parts, under the identity of the moment. */
export function platformOf(
  ports: Omit<AgentPorts, 'link'>,
  settings: AgentSettings,
  parts: AgentParts,
  present: Pick<PlatformContext, 'identity' | 'sessionId' | 'clones' | 'enroller' | 'handlers' | 'onCloned'>,
): Platform {
  const { clientPublishing, commands, devicePublishing, gate, journal } = parts;
  return wirePlatform({
    ...ports,
    ...parts,
    ...present,
    settings,
    save: (write) => journal.commit([write]),
    onConnected: () => {
      gate.connected();
      commands.disconnected();
    },
    onEstablished: () => journal.commit(gate.established()),
    enqueueDocuments: () => {
      devicePublishing.republish();
      return clientPublishing.republish();
    },
  });
}
