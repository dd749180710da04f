import type { LocalClient, LocalPairing } from '@jpd/agent/local';
import type { FoundHeadset, Handlers, Pairing } from '../../bridge/index.ts';

type LocalHeadset = Extract<LocalPairing, { step: 'connecting' }>['headset'];

/** One that tells no name goes by its address. */
const foundHeadset = ({ id, name, formFactor, endsIn }: LocalHeadset): FoundHeadset => ({ id, name: name ?? id, formFactor, endsIn });

/** What a window shows of the agent's pairing, null where none is open. Pure. */
export function pairingOf(pairing: LocalPairing | null): Pairing | null {
  if (!pairing) return null;
  switch (pairing.step) {
    case 'searching':
      return { ...pairing, found: pairing.found.map((headset) => foundHeadset(headset)) };
    case 'connecting':
    case 'refused':
      return { step: pairing.step, adapter: pairing.adapter, name: foundHeadset(pairing.headset).name };
    case 'connected':
      return { step: 'connected', adapter: pairing.adapter, device: foundHeadset(pairing.headset), battery: pairing.battery };
    case 'no-adapter':
      return pairing.unable === null ? { step: 'no-adapter' } : { step: 'no-adapter', unable: pairing.unable };
    case 'nothing-found':
    case 'unplugged':
      return pairing;
  }
}

/** The pairing that a person opens, steers and closes. Rejects with `LocalError` where no agent works. */
export const pairingHandlers = (agent: Pick<LocalClient, 'call'>): Pick<Handlers, 'startPairing' | 'choosePairing' | 'stopPairing'> => ({
  startPairing: () => agent.call('startPairing', {}),
  choosePairing: (chosen) => agent.call('choosePairing', chosen),
  stopPairing: () => agent.call('stopPairing', {}),
});
