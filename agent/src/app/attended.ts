import { openParentPipe } from '../adapters/parent/index.ts';
import type { Agent } from '../core/agent.ts';
import type { AgentOverview } from '../core/agent-overview.ts';
import { describeError } from '../core/diagnostics/check.ts';
import { type LocalHandlers, type LocalPipe, localSentSchema, type LocalState, localStateSchema, serveLocal } from '../local/index.ts';
import type { Log } from '../ports/index.ts';
import type { AttendedTools } from './attended-tools.ts';

/** Several changes within this time are told as one: a user interface asks for everything anew. */
const gatherMs = 50;

/** The pipe to the user interface that started this process; null where none did. */
export const parentPipe = (): LocalPipe | null => openParentPipe(process);

/** What is said on the pipe: held against the schema, so that a mistake shows here and not in the other process. */
const stateOf = (overview: AgentOverview): LocalState => localStateSchema.parse(overview);

/** An agent that works, and what else a user interface may have done with it. */
export interface Attended {
  readonly agent: Agent;
  readonly log: Log;
  readonly tools: AttendedTools;
}

/** `working` throws while no agent works here; `tools` are those of whoever is here. */
function handlersOf(working: () => Attended, tools: () => Pick<AttendedTools, 'saveDiagnostics'>, stop: () => Promise<void>): LocalHandlers {
  const agentOf = (): Agent => working().agent;
  return {
    state: async () => stateOf(agentOf().overview()),
    answerFirmware: async ({ deviceId, answer }) => (await agentOf().firmware?.answer(deviceId, answer)) ?? false,
    recoverFirmware: async ({ deviceId }) => (await agentOf().firmware?.recover(deviceId)) ?? false,
    endRecovery: async ({ deviceId }) => {
      agentOf().firmware?.endRecovery(deviceId);
      return null;
    },
    changeSetting: async ({ deviceId, key, value }) => agentOf().person.changeSetting(deviceId, key, value),
    startPairing: async () => {
      agentOf().person.pairing.start();
      return null;
    },
    choosePairing: async ({ id }) => {
      agentOf().person.pairing.choose(id);
      return null;
    },
    stopPairing: async () => {
      agentOf().person.pairing.close();
      return null;
    },
    loginChanged: async ({ loginSessionId }) => {
      await agentOf().loginChanged(loginSessionId);
      return null;
    },
    sent: async ({ limit }) => {
      const { entries, ...rest } = await agentOf().sent();
      return localSentSchema.parse({ ...rest, entries: entries.slice(0, limit), total: entries.length });
    },
    sentExact: async ({ run, number }) => {
      const { entries } = await agentOf().sent();
      return entries.find((entry) => entry.run === run && entry.number === number)?.payload ?? null;
    },
    tryNow: async () => {
      agentOf().networkChanged();
      return null;
    },
    check: async () => working().tools.check(),
    saveDiagnostics: async ({ path }) => {
      await tools().saveDiagnostics(path);
      return null;
    },
    suspending: async () => {
      await agentOf().suspending();
      return null;
    },
    resumed: async () => {
      agentOf().resumed();
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
      timer = null;
    },
  };
}

export interface AttendedServer {
  /** Shows this agent from now on; null while another session's agent works on this PC. */
  show(attended: Attended | null): void;
  /** Tells nothing any more. */
  end(): void;
}

export interface AttendedOptions {
  /** What can be done while no agent works here. */
  readonly without: Pick<AttendedTools, 'saveDiagnostics'>;
  readonly tell: (problem: string) => void;
  /** Ends the process in order, whether an agent works or not. */
  readonly stop: () => Promise<void>;
}

/** Lets a user interface see and steer the agent of this process while it works. */
export function serveAttended(pipe: LocalPipe, { without, tell, stop }: AttendedOptions): AttendedServer {
  let attended: Attended | null = null;
  const working = (): Attended => {
    if (!attended) throw new Error('no agent works here: this process stands by');
    return attended;
  };
  const server = serveLocal(
    pipe,
    handlersOf(working, () => attended?.tools ?? without, stop),
    (message, error) => {
      if (attended) attended.log.warn(message, { error });
      else tell(`${message}: ${describeError(error)}`);
    },
  );
  const changes = gathered(() => {
    server.tell('changed', {});
  });
  const messages = gathered(() => {
    server.tell('sent', {});
  });
  let ends: readonly (() => void)[] = [];
  const end = (): void => {
    for (const one of ends) one();
    ends = [];
    changes.cancel();
    messages.cancel();
  };
  return {
    show: (next) => {
      end();
      attended = next;
      if (!next) {
        server.tell('standby', {});
        return;
      }
      const { agent } = next;
      ends = [agent.onChange(changes.happened), agent.onSent(messages.happened)];
      server.tell('ready', { version: agent.overview().version });
    },
    end,
  };
}
