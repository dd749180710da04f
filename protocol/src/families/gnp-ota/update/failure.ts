import type { UpdateFailure } from '../../update/index.ts';

/** Why an update failed. `not-recorded`: the journal didn't take the note that the commit comes next, so it wasn't sent. */
export type FirmwareUpdateFailure = UpdateFailure | 'not-recorded';
