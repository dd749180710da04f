import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LocalClient, LocalError, type LocalHandlers, type LocalPipe, type LocalState, serveLocal } from './index.ts';

/** Nothing that is waited for takes longer on a busy machine. */
const patience = { timeout: 20_000 };

const state: LocalState = {
  clientId: 'c1',
  organizationId: 'acme',
  organizationName: null,
  clientName: 'Contact centre',
  version: '1.0.0',
  revoked: false,
  status: {
    connection: 'connected',
    host: 'platform.example',
    isEncrypted: true,
    lastContactAt: 1_000,
    nextTryAt: null,
    revokedAt: null,
    queued: 0,
    usage: null,
    rivals: null,
  },
  policy: {
    endUserSettings: 'allowed',
    allowQuit: true,
    metadata: { userName: false, computer: false, location: false },
    updateWindow: null,
  },
  inCall: false,
  devices: [],
  desired: [],
  settings: [],
  firmware: [],
  pairing: null,
};

const gates = { userName: false, computer: true, location: false };

class PipeEnd implements LocalPipe {
  readonly sent: unknown[] = [];
  other: PipeEnd | null = null;
  #listeners: ((message: unknown) => void)[] = [];
  #closed: (() => void)[] = [];

  send(message: unknown): void {
    // As between processes: a copy, and never what JSON can't say.
    const copy: unknown = JSON.parse(JSON.stringify(message));
    this.sent.push(copy);
    this.other?.deliver(copy);
  }

  deliver(message: unknown): void {
    for (const listener of this.#listeners) listener(message);
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  onClosed(listener: () => void): void {
    this.#closed.push(listener);
  }

  close(): void {
    for (const listener of this.#closed) listener();
  }
}

function pair(handlers: Partial<LocalHandlers> = {}) {
  const [agentEnd, trayEnd] = [new PipeEnd(), new PipeEnd()];
  agentEnd.other = trayEnd;
  trayEnd.other = agentEnd;
  const problems: string[] = [];
  const none = (): Promise<null> => Promise.resolve(null);
  const all: LocalHandlers = {
    state: () => Promise.resolve(state),
    answerFirmware: () => Promise.resolve(true),
    recoverFirmware: () => Promise.resolve(false),
    endRecovery: none,
    changeSetting: () => Promise.resolve({ isDone: true }),
    startPairing: none,
    choosePairing: none,
    stopPairing: none,
    loginChanged: none,
    sent: () => Promise.resolve({ entries: [], total: 0, unreadable: 0, incompleteBefore: null, gates }),
    sentExact: none,
    tryNow: none,
    check: () => Promise.resolve({ at: 1_000, checks: [] }),
    saveDiagnostics: none,
    suspending: none,
    resumed: none,
    stop: none,
    ...handlers,
  };
  const server = serveLocal(agentEnd, all, (message) => problems.push(message));
  return { client: new LocalClient(trayEnd), server, agentEnd, trayEnd, problems };
}

describe('what agent and user interface say to each other', () => {
  it('is a call and its answer', async () => {
    const answerFirmware = vi.fn<LocalHandlers['answerFirmware']>(() => Promise.resolve(true));
    const { client, trayEnd, agentEnd } = pair({ answerFirmware });
    expect(await client.call('answerFirmware', { deviceId: '24da-1', answer: 'postpone' })).toBe(true);
    expect(answerFirmware).toHaveBeenCalledWith({ deviceId: '24da-1', answer: 'postpone' });
    expect(trayEnd.sent).toEqual([{ id: 1, call: 'answerFirmware', args: { deviceId: '24da-1', answer: 'postpone' } }]);
    expect(agentEnd.sent).toEqual([{ id: 1, ok: true, result: true }]);
    expect(await client.call('state', {})).toEqual(state);
  });

  it('is refused where the arguments are not what was agreed, and nothing is done', async () => {
    const answerFirmware = vi.fn<LocalHandlers['answerFirmware']>(() => Promise.resolve(true));
    const { trayEnd, agentEnd, problems } = pair({ answerFirmware });
    trayEnd.send({ id: 7, call: 'answerFirmware', args: { deviceId: '24da-1', answer: 'erase' } });
    await vi.waitFor(() => expect(agentEnd.sent).toHaveLength(1), patience);
    expect(agentEnd.sent).toMatchObject([{ id: 7, ok: false }]);
    expect(answerFirmware).not.toHaveBeenCalled();
    expect(problems).toHaveLength(1);
  });

  it('names a call that does not exist, one of every object included', () => {
    const { trayEnd, agentEnd } = pair();
    trayEnd.send({ id: 1, call: 'toString', args: {} });
    trayEnd.send({ id: 2, call: '__proto__', args: {} });
    expect(agentEnd.sent).toEqual([
      { id: 1, ok: false, message: 'there is no call toString' },
      { id: 2, ok: false, message: 'there is no call __proto__' },
    ]);
  });

  it('tells a failure without what failed', async () => {
    const { client, problems } = pair({ state: () => Promise.reject(new Error('secret=hunter2')) });
    const error = await client.call('state', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LocalError);
    expect(error).toMatchObject({ code: 'refused', message: expect.not.stringContaining('hunter2') });
    expect(problems).toHaveLength(1);
  });

  it('ends every call when the other process ends, those after it too', async () => {
    const { client, trayEnd } = pair({ state: () => new Promise(() => undefined) });
    const waiting = client.call('state', {});
    trayEnd.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(client.call('state', {})).rejects.toMatchObject({ code: 'closed' });
  });

  it('says so where the answer is not what was agreed', async () => {
    const { client, trayEnd } = pair({ state: () => new Promise(() => undefined) });
    const waiting = client.call('state', {});
    trayEnd.deliver({ id: 1, ok: true, result: { clientId: 5 } });
    await expect(waiting).rejects.toMatchObject({ code: 'malformed' });
  });

  it('is told what happens, until it has heard enough', () => {
    const { client, server } = pair();
    const heard = vi.fn<() => void>();
    const end = client.on('changed', heard);
    server.tell('changed', {});
    end();
    server.tell('changed', {});
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('survives whatever else comes along', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (message) => {
        const { client, agentEnd, trayEnd } = pair();
        const heard = vi.fn<() => void>();
        client.on('ready', heard);
        agentEnd.deliver(message);
        trayEnd.deliver(message);
        expect(heard).not.toHaveBeenCalled();
      }),
      { numRuns: 100 },
    );
  });
});
