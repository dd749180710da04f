import { openParentPipe } from '../adapters/parent/index.ts';
import type { Agent } from '../core/agent.ts';
import type { AgentOverview } from '../core/agent-overview.ts';
import { type LocalHandlers, type LocalPipe, localSentSchema, type LocalState, localStateSchema, serveLocal } from '../local/index.ts';
import type { Log } from '../ports/index.ts';
import type { AttendedTools } from './attended-tools.ts';

/** Several changes within this time are told as one: a user interface asks for everything anew. */
const gatherMs = 50;

/** The pipe to the user interface that started this process; null where none did. */
export const parentPipe = (): LocalPipe | null => openParentPipe(process);

/** What is said on the pipe: held against the schema, so that a mistake shows here and not in the other process. */
const stateOf = (overview: AgentOverview): LocalState => localStateSchema.parse(overview);

function handlersOf(agent: Agent, tools: AttendedTools, stop: () => Promise<void>): LocalHandlers {
  const { firmware, person } = agent;
  return {
    state: async () => stateOf(agent.overview()),
    answerFirmware: async ({ deviceId, answer }) => (await firmware?.answer(deviceId, answer)) ?? false,
    recoverFirmware: async ({ deviceId }) => (await firmware?.recover(deviceId)) ?? false,
    endRecovery: async ({ deviceId }) => {
      firmware?.endRecovery(deviceId);
      return null;
    },
    changeSetting: ({ deviceId, key, value }) => person.changeSetting(deviceId, key, value),
    startPairing: async () => {
      person.pairing.start();
      return null;
    },
    choosePairing: async ({ id }) => {
      person.pairing.choose(id);
      return null;
    },
    stopPairing: async () => {
      person.pairing.close();
      return null;
    },
    loginChanged: async ({ loginSessionId }) => {
      await agent.loginChanged(loginSessionId);
      return null;
    },
    sent: async ({ limit }) => {
      const { entries, ...rest } = await agent.sent();
      return localSentSchema.parse({ ...rest, entries: entries.slice(0, limit), total: entries.length });
    },
    sentExact: async ({ run, number }) => {
      const { entries } = await agent.sent();
      return entries.find((entry) => entry.run === run && entry.number === number)?.payload ?? null;
    },
    tryNow: async () => {
      agent.networkChanged();
      return null;
    },
    check: () => tools.check(),
    saveDiagnostics: async ({ path }) => {
      await tools.saveDiagnostics(path);
      return null;
    },
    suspending: async () => {
      await agent.suspending();
      return null;
    },
    resumed: async () => {
      agent.resumed();
      return null;
    },
    stop: async () => {
      await stop();
      return null;
    },
  };
}

/** Tells what happened within a moment as one. */
function gathered(tell: () => void): { readonly happened: () => void; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    happened: () => {
      timer ??= setTimeout(() => {
        timer = null;
        tell();
      }, gatherMs);
    },
    cancel: () => {
      if (timer) clearTimeout(timer);
    },
  };
}

/** Lets a user interface see and steer a running agent. `stop` ends it in order. Returns what ends the telling. */
export function serveAttended(pipe: LocalPipe, agent: Agent, tools: AttendedTools, log: Log, stop: () => Promise<void>): () => void {
  const server = serveLocal(pipe, handlersOf(agent, tools, stop), (message, error) => {
    log.warn(message, { error });
  });
  const changes = gathered(() => {
    server.tell('changed', {});
  });
  const messages = gathered(() => {
    server.tell('sent', {});
  });
  const ends = [agent.onChange(changes.happened), agent.onSent(messages.happened)];
  server.tell('ready', { version: agent.overview().version });
  return () => {
    for (const end of ends) end();
    changes.cancel();
    messages.cancel();
  };
}
