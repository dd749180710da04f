import { families, type FoundHeadset } from '@jpd/protocol';
import type { DeviceDocument, FormFactor } from '../../contract/index.ts';
import { timestampMs } from '../../contract/index.ts';
import type { PairingPhase } from './machine.ts';

/** A headset in pairing mode, or the one that was paired. */
export interface PairingHeadset {
  /** What `choose` takes: its Bluetooth address. */
  readonly id: string;
  /** Null where it doesn't tell one. */
  readonly name: string | null;
  readonly formFactor: FormFactor;
  /** The last four digits of its Bluetooth address. */
  readonly endsIn: string;
}

/** A pairing as a user interface shows it. `adapter` is the name of one. */
export type PairingView =
  /** None is there that can pair from here; the search begins by itself when one comes. `unable`: one that is there, of a model that isn't verified. */
  | { readonly step: 'no-adapter'; readonly unable: string | null }
  /** `startedAt`: Unix milliseconds. `isOver`: the adapter searches no more, and what it found may still be chosen. */
  | {
      readonly step: 'searching';
      readonly adapter: string;
      readonly startedAt: number;
      readonly isOver: boolean;
      readonly found: readonly PairingHeadset[];
    }
  | { readonly step: 'connecting'; readonly adapter: string; readonly headset: PairingHeadset }
  /** `battery`: percent, null while it isn't known. */
  | { readonly step: 'connected'; readonly adapter: string; readonly headset: PairingHeadset; readonly battery: number | null }
  /** `seconds`: how long the adapter searched. */
  | { readonly step: 'nothing-found'; readonly adapter: string; readonly seconds: number }
  /** The headset, or the adapter, didn't do it. */
  | { readonly step: 'refused'; readonly adapter: string; readonly headset: PairingHeadset }
  /** The search begins by itself when it is back. */
  | { readonly step: 'unplugged'; readonly adapter: string };

/** A headset tells its name some time after its address; one that doesn't is shown without after this time. */
export const namelessMs = 2000;

const formFactors: ReadonlyMap<string, FormFactor> = new Map(families.map(({ name, formFactor }) => [name, formFactor]));

const headsetOf = ({ address, name }: FoundHeadset): PairingHeadset => ({
  id: address,
  name,
  formFactor: formFactors.get(name ?? '') ?? 'headset',
  endsIn: address.replaceAll(':', '').slice(-4),
});

/** The document of the headset that was just paired: by its serial number, which is its address on what we know, else the one that came since. */
function documentOf(address: string, adapterId: string, since: number, documents: readonly DeviceDocument[]): DeviceDocument | undefined {
  const serial = address.replaceAll(':', '');
  const behind = documents.filter(({ connection }) => connection.status === 'connected' && connection.parentDeviceId === adapterId);
  return (
    behind.find(({ electronicSerialNumber }) => electronicSerialNumber === serial) ??
    behind.find(({ connection }) => timestampMs(connection.lastSeenAt) >= since)
  );
}

/** Adapters that are there while none of them can be used; one that is being updated will be. */
function unableOf(documents: readonly DeviceDocument[]): string | null {
  const isUpdating = ({ firmware }: DeviceDocument): boolean => firmware.status === 'updating';
  const unable = documents.find(
    (document) =>
      document.model.formFactor === 'dongle' &&
      document.connection.status === 'connected' &&
      !documents.some((one) => isUpdating(one) && [one.deviceId, one.connection.parentDeviceId].includes(document.deviceId)),
  );
  return unable?.model.name ?? null;
}

/** What is shown of a phase, null where nothing is open. Pure. */
export function pairingView(phase: PairingPhase, documents: readonly DeviceDocument[], now: number): PairingView | null {
  if (phase.kind === 'closed') return null;
  if (phase.kind === 'waiting')
    return phase.lost ? { step: 'unplugged', adapter: phase.lost.name } : { step: 'no-adapter', unable: unableOf(documents) };
  const { state, startedAt, at, seenAt } = phase;
  const { name: adapter, deviceId } = phase.adapter;
  const nothingFound = (milliseconds: number): PairingView => ({ step: 'nothing-found', adapter, seconds: Math.round(milliseconds / 1000) });
  switch (state.kind) {
    case 'idle':
      return { step: 'searching', adapter, startedAt, isOver: false, found: [] };
    case 'searching': {
      const isShown = ({ address, name }: FoundHeadset): boolean => name !== null || now - (seenAt.get(address) ?? now) >= namelessMs;
      return { step: 'searching', adapter, startedAt, isOver: false, found: state.found.filter(isShown).map(headsetOf) };
    }
    case 'searched':
      if (state.found.length === 0) return nothingFound(state.milliseconds);
      return { step: 'searching', adapter, startedAt, isOver: true, found: state.found.map(headsetOf) };
    case 'connecting':
      return { step: 'connecting', adapter, headset: headsetOf(state.headset) };
    case 'connected': {
      const document = documentOf(state.headset.address, deviceId, startedAt, documents);
      const headset = headsetOf(state.headset);
      const { name, formFactor } = document?.model ?? headset;
      return { step: 'connected', adapter, headset: { ...headset, name, formFactor }, battery: document?.battery?.level ?? null };
    }
    case 'failed':
      return state.headset ? { step: 'refused', adapter, headset: headsetOf(state.headset) } : nothingFound(at - startedAt);
  }
}
