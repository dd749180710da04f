export type { BlockNumbers } from './block-numbers.ts';
export { type DeviceFacts, readFacts } from './facts.ts';
export type { FirmwareUpdateFailure } from './failure.ts';
export { readJournalEntry, type UpdateJournalEntry } from './journal.ts';
export { updateLimits } from './machine/index.ts';
export type { FirmwareUpdateOutcome, FirmwareUpdateProgress, FirmwareUpdateStep } from './outcome.ts';
export {
  minimumBatteryPercent,
  type Objection,
  type Planned,
  type PlannedImage,
  planUpdate,
  type UpdateObjection,
  type UpdatePlan,
  type UpdatePolicy,
} from './plan.ts';
export { type FirmwareUpdateOptions, updateFirmware } from './update-firmware.ts';
