import type { GenerationId } from '../../families/index.ts';
import type { Behaviour } from '../behaviour.ts';
import { actions } from './actions.ts';
import { battery } from './battery.ts';
import { fileTransfer } from './file-transfer.ts';
import { firmware } from './firmware.ts';
import { identity } from './identity.ts';
import { settings } from './settings.ts';

/** What only devices of one generation can do: how they take firmware. */
const byGeneration = {
  'gnp-ota': [firmware],
  'gnp-file': [fileTransfer],
  // Told by a report of its own, not by a packet: `legacy-boot.ts`.
  'legacy-speak': [],
} as const satisfies Readonly<Record<GenerationId, readonly Behaviour[]>>;

/** What a virtual device of a generation can do, oldest first. */
export const capabilitiesOf = (generation: GenerationId): readonly Behaviour[] => [identity, battery, actions, settings, ...byGeneration[generation]];
