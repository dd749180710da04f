import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalArgs, type LocalCallName, LocalError, type LocalResult } from '@jpd/agent/local';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveHandlers } from './save-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jpd-save-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sent = { entries: [{ run: 1, number: 2, summary: 'battery of Evolve2 75' }], total: 1 };

function saving(choose: (name: string) => string | null, fails: LocalError | null = null) {
  const asked: unknown[] = [];
  const call = async <N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>> => {
    asked.push([name, args]);
    if (fails) throw fails;
    // The result of the two calls that are made here; what an entry is, is the agent's business.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (name === 'sent' ? sent : null) as LocalResult<N>;
  };
  const names: string[] = [];
  const askWhere = async (name: string): Promise<string | null> => {
    names.push(name);
    return choose(name);
  };
  const askedWithout: unknown[] = [];
  const withoutAgent = {
    call: async <N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>> => {
      askedWithout.push([name, args]);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return null as LocalResult<N>;
    },
  };
  const handlers = saveHandlers({ call }, { withoutAgent, askWhere, now: () => Date.UTC(2026, 10, 24, 9) });
  return { handlers, asked, askedWithout, names };
}

it('the agent writes the file for support where the person said', async () => {
  const { handlers, asked, names } = saving((name) => join(folder, name));
  expect(await handlers.saveDiagnostics({})).toEqual({ isSaved: true });
  expect(names).toEqual(['jabra-diagnostics-2026-11-24.zip']);
  expect(asked).toEqual([['saveDiagnostics', { path: join(folder, 'jabra-diagnostics-2026-11-24.zip') }]]);
});

it('the file for support is made without an agent where none works, and by nobody else where the agent refuses', async () => {
  const closed = saving((name) => join(folder, name), new LocalError('closed', 'no agent works'));
  expect(await closed.handlers.saveDiagnostics({})).toEqual({ isSaved: true });
  expect(closed.askedWithout).toEqual([['saveDiagnostics', { path: join(folder, 'jabra-diagnostics-2026-11-24.zip') }]]);
  const refused = saving((name) => join(folder, name), new LocalError('refused', 'the folder does not exist'));
  await expect(refused.handlers.saveDiagnostics({})).rejects.toMatchObject({ code: 'refused' });
  expect(refused.askedWithout).toEqual([]);
});

it('the log of what was sent is saved for this person alone', async () => {
  const { handlers, names } = saving((name) => join(folder, name));
  expect(await handlers.saveSentLog({})).toEqual({ isSaved: true });
  const [name = ''] = names;
  expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toEqual(sent.entries);
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it('nothing is asked of the agent where the person gave up', async () => {
  const { handlers, asked } = saving(() => null);
  expect(await handlers.saveDiagnostics({})).toEqual({ isSaved: false });
  expect(await handlers.saveSentLog({})).toEqual({ isSaved: false });
  expect(asked).toEqual([]);
});

it('a place that cannot be written is an error, not a success', async () => {
  const { handlers } = saving(() => join(folder, 'no', 'such', 'folder'));
  await expect(handlers.saveSentLog({})).rejects.toMatchObject({ code: 'ENOENT' });
});
