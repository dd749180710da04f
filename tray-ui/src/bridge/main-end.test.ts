import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FakeMain, situations } from '../fake-main/index.ts';
import { bridgeTables } from './docs.ts';
import { answerCall, BridgeError, type Handlers, isOwnPage, openBridge } from './index.ts';

const origin = 'jpd://app';
const sender = { url: 'jpd://app/index.html', isMainFrame: true };
const handlers = (changed: Partial<Handlers>): Handlers => {
  const none = () => Promise.reject(new Error('not asked for'));
  const names = [
    'state',
    'answerFirmware',
    'recoverFirmware',
    'endRecovery',
    'changeSetting',
    'startPairing',
    'choosePairing',
    'stopPairing',
    'tryNow',
  ];
  const more = [
    'checkPc',
    'saveDiagnostics',
    'sentLog',
    'sentExact',
    'saveSentLog',
    'licences',
    'copyVersionDetails',
    'setPreferences',
    'openWindow',
    'closeWindow',
  ];
  return { ...(Object.fromEntries([...names, ...more].map((name) => [name, none])) as unknown as Handlers), ...changed };
};
const ask = (name: unknown, args: unknown, changed: Partial<Handlers> = {}, from = sender) => {
  const onRefused = vi.fn<(code: string, name: string, cause?: unknown) => void>();
  return answerCall(handlers(changed), { sender: from, name, args }, { origin, onRefused }).then((reply) => ({ reply, onRefused }));
};

describe("main's end of the bridge", () => {
  it('answers its own page', async () => {
    const { reply } = await ask('answerFirmware', { deviceId: 'd1', answer: 'install' }, { answerFirmware: () => Promise.resolve(true) });
    expect(reply).toEqual({ ok: true, result: true });
  });

  it.each([
    { url: 'https://evil.example/', isMainFrame: true },
    { url: 'jpd://app.evil/index.html', isMainFrame: true },
    { url: 'jpd://app/index.html', isMainFrame: false },
    { url: 'not a url', isMainFrame: true },
    { url: '', isMainFrame: true },
  ])('knows nobody else: $url', async (from) => {
    expect(isOwnPage(from, origin)).toBe(false);
    const asked = vi.fn<Handlers['tryNow']>(() => Promise.resolve(null));
    const { reply, onRefused } = await ask('tryNow', {}, { tryNow: asked }, from);
    expect(reply).toEqual({ ok: false, code: 'untrusted-sender' });
    expect(asked).not.toHaveBeenCalled();
    expect(onRefused).toHaveBeenCalledOnce();
  });

  it.each(['toString', '__proto__', 'constructor', 'State', 7, null])('has no call %s', async (name) => {
    expect((await ask(name, {})).reply).toEqual({ ok: false, code: 'unknown-call' });
  });

  it.each([
    ['answerFirmware', { deviceId: 'd1', answer: 'erase' }],
    ['answerFirmware', { deviceId: 'd1', answer: 'install', more: 1 }],
    ['answerFirmware', { deviceId: '', answer: 'install' }],
    ['changeSetting', { deviceId: 'd1', key: 'x'.repeat(65), value: 1 }],
    ['setPreferences', { language: 'tlh' }],
    ['openWindow', { page: 'devices' }],
    ['tryNow', undefined],
  ])('does not do %s with %j', async (name, args) => {
    const { reply } = await ask(name, args);
    expect(reply).toEqual({ ok: false, code: 'invalid-arguments' });
  });

  it('keeps to itself what went wrong', async () => {
    const { reply, onRefused } = await ask('tryNow', {}, { tryNow: () => Promise.reject(new Error('password=hunter2')) });
    expect(reply).toEqual({ ok: false, code: 'failed' });
    expect(JSON.stringify(reply)).not.toContain('hunter2');
    expect(onRefused).toHaveBeenCalledWith('failed', 'tryNow', expect.any(Error));
  });

  it('says nothing that is not what was agreed', async () => {
    const wrong = { tryNow: () => Promise.resolve(5) } as unknown as Partial<Handlers>;
    expect((await ask('tryNow', {}, wrong)).reply).toEqual({ ok: false, code: 'failed' });
  });

  it('always answers, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (name, args) => {
        expect(await ask(name, args)).toMatchObject({ reply: { ok: false } });
      }),
      { numRuns: 100 },
    );
  });
});

describe("the page's end of the bridge", () => {
  it('speaks with main in memory as with the real one', async () => {
    const bridge = openBridge(new FakeMain(situations.devices));
    expect((await bridge.call('state', {})).devices).toHaveLength(5);
  });

  it.each([[null], [{ ok: true }], [{ ok: 'yes' }], [{ ok: true, result: { devices: 5 } }]])('does not take %j for a state', async (answer) => {
    const bridge = openBridge({ call: () => Promise.resolve(answer), on: () => () => undefined });
    await expect(bridge.call('state', {})).rejects.toMatchObject({ code: 'malformed' });
  });

  it('names the refusal', async () => {
    const bridge = openBridge({ call: () => Promise.resolve({ ok: false, code: 'failed' }), on: () => () => undefined });
    const error = await bridge.call('tryNow', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BridgeError);
    expect(error).toMatchObject({ code: 'failed' });
  });

  it('does not pass on an event that is not what was agreed', () => {
    let tell: (payload: unknown) => void = () => undefined;
    const bridge = openBridge({
      call: () => Promise.resolve(null),
      on: (_, listener) => {
        tell = listener;
        return () => undefined;
      },
    });
    const heard = vi.fn<(payload: unknown) => void>();
    bridge.on('navigate', heard);
    tell({ page: 'secrets', deviceId: null, tab: null });
    expect(heard).not.toHaveBeenCalled();
    tell({ page: 'status', deviceId: null, tab: null });
    expect(heard).toHaveBeenCalledOnce();
  });
});

it('is described in BRIDGE.md, made from the schemas', async () => {
  await expect(bridgeTables()).toMatchFileSnapshot('../../BRIDGE.md');
});
