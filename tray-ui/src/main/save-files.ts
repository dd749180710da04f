import { writeFile } from 'node:fs/promises';
import { LocalError } from '@jpd/agent/local';
import type { Handlers } from '../bridge/index.ts';
import type { AgentPort } from './agent/agent-view.ts';

/** Asks a person where to put a file; null where they gave up. */
export type AskWhere = (name: string) => Promise<string | null>;

/** Of all 30 days: as many as the agent gives. */
const mostEntries = 10_000;

export interface SaveOptions {
  /** Does what the agent would, where none works: that is when the file for support is wanted most. */
  readonly withoutAgent: Pick<AgentPort, 'call'>;
  readonly askWhere: AskWhere;
  /** Unix milliseconds. */
  now(): number;
}

/** What a window saves in a place that the person chooses. Nothing of it goes anywhere else. */
export function saveHandlers(agent: Pick<AgentPort, 'call'>, options: SaveOptions): Pick<Handlers, 'saveDiagnostics' | 'saveSentLog'> {
  const { withoutAgent, askWhere } = options;
  const day = (): string => new Date(options.now()).toISOString().slice(0, 10);
  const saved = async (name: string, save: (path: string) => Promise<unknown>): Promise<{ isSaved: boolean }> => {
    const path = await askWhere(name);
    if (path !== null) await save(path);
    return { isSaved: path !== null };
  };
  return {
    saveDiagnostics: () =>
      saved(`jabra-diagnostics-${day()}.zip`, (path) =>
        agent.call('saveDiagnostics', { path }).catch((error: unknown) => {
          if (error instanceof LocalError && error.code === 'closed') return withoutAgent.call('saveDiagnostics', { path });
          throw error;
        }),
      ),
    saveSentLog: () =>
      saved(`jabra-sent-${day()}.json`, async (path) => {
        const { entries } = await agent.call('sent', { limit: mostEntries });
        await writeFile(path, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
      }),
  };
}
