import { pairedHeadset, pairedName, pairedState } from '../../messages/bluetooth.ts';
import { DeviceError } from '../../session/errors.ts';
import type { RequestOptions, Session } from '../../session/session.ts';
import { bluetoothAddressText } from './bluetooth-address.ts';
import { shownName } from './shown-name.ts';

/** A headset that the dongle remembers. */
export interface PairedHeadset {
  /** Its place in the list. Another headset may take it once this one was removed. */
  readonly index: number;
  /** `70:BF:92:00:00:02`. */
  readonly address: string;
  /** Null where the dongle doesn't tell it, or wasn't asked. */
  readonly name: string | null;
  readonly connected: boolean;
}

export interface PairedList {
  readonly headsets: readonly PairedHeadset[];
  /** False where the list broke off: it changed meanwhile, went in a circle, or had no end. */
  readonly complete: boolean;
}

export interface PairedListOptions extends RequestOptions {
  /** Names take a message each. Default: true. */
  readonly names?: boolean;
}

/** More than any dongle remembers; a list whose "next" never ends must end all the same. */
export const longestPairedList = 64;

const pad = undefined;
const endsAll = (error: unknown): boolean => !(error instanceof DeviceError) || error.code === 'disconnected' || error.code === 'cancelled';

/** A name that is refused, garbled or not told is none: the list is good without it. */
async function readName(session: Session, address: number, index: number, options: RequestOptions): Promise<string | null> {
  try {
    const { name } = await session.read(pairedName, address, { ...options, request: { pad, index } });
    return shownName(name);
  } catch (error) {
    if (endsAll(error)) throw error;
    return null;
  }
}

/**
 * Reads the paired headsets of the dongle at `address`, as a whole list: an entry that cannot be read ends it. An address that comes twice, because the
 * list changed meanwhile, counts as it was read last. GNP 0D/28 and 0D/32, Python Bluetooth tool. Rejects with `DeviceError` where not even the first
 * entry can be read, with `disconnected` or `cancelled` at any time.
 */
export async function readPairedList(session: Session, address: number, options: PairedListOptions = {}): Promise<PairedList> {
  const { names = true, ...request } = options;
  const headsets = new Map<string, PairedHeadset>();
  const asked = new Set<number>();
  const read = (complete: boolean): PairedList => ({ headsets: [...headsets.values()], complete });
  for (let index = 0; !asked.has(index) && asked.size < longestPairedList;) {
    asked.add(index);
    try {
      const entry = await session.read(pairedHeadset, address, { ...request, request: { pad, index } });
      if (entry.address.some((byte) => byte !== 0)) {
        const name = names ? await readName(session, address, index, request) : null;
        const text = bluetoothAddressText(entry.address);
        headsets.set(text, { index, address: text, name, connected: entry.state === pairedState.connected });
      }
      if (entry.last) return read(true);
      index = entry.next;
    } catch (error) {
      if (endsAll(error) || asked.size === 1) throw error;
      return read(false);
    }
  }
  return read(false);
}
