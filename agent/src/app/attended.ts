import { openParentPipe } from '../adapters/parent/index.ts';
import type { Agent } from '../core/agent.ts';
import type { AgentOverview } from '../core/agent-overview.ts';
import { type LocalHandlers, type LocalPipe, type LocalState, localStateSchema, serveLocal } from '../local/index.ts';
import type { Log } from '../ports/index.ts';

/** Several changes within this time are told as one: a user interface asks for everything anew. */
const gatherMs = 50;

/** The pipe to the user interface that started this process; null where none did. */
export const parentPipe = (): LocalPipe | null => openParentPipe(process);

/** What is said on the pipe: held against the schema, so that a mistake shows here and not in the other process. */
const stateOf = (overview: AgentOverview): LocalState => localStateSchema.parse(overview);

function handlersOf(agent: Agent, stop: () => Promise<void>): LocalHandlers {
  const { firmware } = agent;
  return {
    state: async () => stateOf(agent.overview()),
    answerFirmware: async ({ deviceId, answer }) => (await firmware?.answer(deviceId, answer)) ?? false,
    recoverFirmware: async ({ deviceId }) => (await firmware?.recover(deviceId)) ?? false,
    endRecovery: async ({ deviceId }) => {
      firmware?.endRecovery(deviceId);
      return null;
    },
    loginChanged: async ({ loginSessionId }) => {
      await agent.loginChanged(loginSessionId);
      return null;
    },
    stop: async () => {
      await stop();
      return null;
    },
  };
}

/** Lets a user interface see and steer a running agent. `stop` ends it in order. Returns what ends the telling. */
export function serveAttended(pipe: LocalPipe, agent: Agent, log: Log, stop: () => Promise<void>): () => void {
  const server = serveLocal(pipe, handlersOf(agent, stop), (message, error) => {
    log.warn(message, { error });
  });
  let timer: NodeJS.Timeout | null = null;
  const end = agent.onChange(() => {
    timer ??= setTimeout(() => {
      timer = null;
      server.tell('changed', {});
    }, gatherMs);
  });
  server.tell('ready', { version: agent.overview().version });
  return () => {
    end();
    if (timer) clearTimeout(timer);
  };
}
