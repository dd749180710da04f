import { LocalClient, type LocalPairing, type LocalPipe } from '@jpd/agent/local';
import { describe, expect, it } from 'vitest';
import { pairingSchema } from '../../bridge/index.ts';
import { pairingHandlers, pairingOf } from './pairing.ts';
import { settingHandlers } from './settings.ts';

const adapter = 'Jabra Link 380';
const headset = { id: '70:BF:92:00:00:02', name: 'Jabra Evolve2 65', formFactor: 'headset', endsIn: '0002' } as const;
const nameless = { ...headset, name: null };

describe('what a window shows of a pairing', () => {
  it.each<[LocalPairing, unknown]>([
    [{ step: 'no-adapter', unable: null }, { step: 'no-adapter' }],
    [
      { step: 'no-adapter', unable: adapter },
      { step: 'no-adapter', unable: adapter },
    ],
    [
      { step: 'searching', adapter, startedAt: 5, isOver: true, found: [headset, nameless] },
      { step: 'searching', adapter, startedAt: 5, isOver: true, found: [headset, { ...headset, name: headset.id }] },
    ],
    [
      { step: 'connecting', adapter, headset },
      { step: 'connecting', adapter, name: 'Jabra Evolve2 65' },
    ],
    [
      { step: 'connecting', adapter, headset: nameless },
      { step: 'connecting', adapter, name: '70:BF:92:00:00:02' },
    ],
    [
      { step: 'connected', adapter, headset, battery: 42 },
      { step: 'connected', adapter, device: headset, battery: 42 },
    ],
    [
      { step: 'connected', adapter, headset: nameless, battery: null },
      { step: 'connected', adapter, device: { ...headset, name: headset.id }, battery: null },
    ],
    [
      { step: 'nothing-found', adapter, seconds: 60 },
      { step: 'nothing-found', adapter, seconds: 60 },
    ],
    [
      { step: 'refused', adapter, headset },
      { step: 'refused', adapter, name: 'Jabra Evolve2 65' },
    ],
    [
      { step: 'unplugged', adapter },
      { step: 'unplugged', adapter },
    ],
  ])('is, of %j', (told, shown) => {
    expect(pairingOf(told)).toEqual(shown);
    expect(pairingSchema.parse(pairingOf(told))).toEqual(shown);
  });

  it('is nothing where none is open', () => {
    expect(pairingOf(null)).toBeNull();
  });
});

describe('what a person asks for', () => {
  /** An agent that says `result` to everything. */
  function agentThatSays(result: unknown) {
    const asked: unknown[] = [];
    let answer: (message: unknown) => void = () => undefined;
    const pipe: LocalPipe = {
      send: (message) => {
        asked.push(message);
        answer({ id: asked.length, ok: true, result });
      },
      onMessage: (listener) => {
        answer = listener;
        return () => undefined;
      },
      onClosed: () => undefined,
    };
    return { asked, client: new LocalClient(pipe) };
  }

  it('goes to the agent as it is: a pairing', async () => {
    const { asked, client } = agentThatSays(null);
    const { startPairing, choosePairing, stopPairing } = pairingHandlers(client);
    expect([await startPairing({}), await choosePairing({ id: headset.id }), await stopPairing({})]).toEqual([null, null, null]);
    expect(asked).toEqual([
      { id: 1, call: 'startPairing', args: {} },
      { id: 2, call: 'choosePairing', args: { id: '70:BF:92:00:00:02' } },
      { id: 3, call: 'stopPairing', args: {} },
    ]);
  });

  it('goes to the agent as it is: a setting, and comes back as the device said it', async () => {
    const change = { deviceId: '24da-1', key: 'sidetoneLevel', value: 3 };
    const said = [{ isDone: true }, { isDone: false, code: 'locked' }, { isDone: false, code: 'device-timeout' }];
    for (const outcome of said) {
      const { asked, client } = agentThatSays(outcome);
      expect(await settingHandlers(client).changeSetting(change)).toEqual(outcome);
      expect(asked).toEqual([{ id: 1, call: 'changeSetting', args: change }]);
    }
  });
});
