import { writeFile } from 'node:fs/promises';
import type { Handlers } from '../bridge/index.ts';
import type { AgentPort } from './agent/agent-view.ts';

/** Asks a person where to put a file; null where they gave up. */
export type AskWhere = (name: string) => Promise<string | null>;

/** Of all 30 days: as many as the agent gives. */
const mostEntries = 10_000;

/** What a window saves in a place that the person chooses. Nothing of it goes anywhere else. `now`: Unix milliseconds. */
export function saveHandlers(
  agent: Pick<AgentPort, 'call'>,
  askWhere: AskWhere,
  now: () => number,
): Pick<Handlers, 'saveDiagnostics' | 'saveSentLog'> {
  const day = (): string => new Date(now()).toISOString().slice(0, 10);
  const saved = async (name: string, save: (path: string) => Promise<unknown>): Promise<{ isSaved: boolean }> => {
    const path = await askWhere(name);
    if (path !== null) await save(path);
    return { isSaved: path !== null };
  };
  return {
    saveDiagnostics: () => saved(`jabra-diagnostics-${day()}.zip`, (path) => agent.call('saveDiagnostics', { path })),
    saveSentLog: () =>
      saved(`jabra-sent-${day()}.json`, async (path) => {
        const { entries } = await agent.call('sent', { limit: mostEntries });
        await writeFile(path, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
      }),
  };
}
