import type { CancelSignal } from '@jpd/protocol';

/** Puts together what support needs to see: logs, configuration, devices, state, versions, without secrets, names and addresses. */
export interface DiagnosticsSource {
  /** A zip file. Rejects where none can be made, or `signal` ends it; what is merely missing is noted inside. */
  bundle(signal: CancelSignal): Promise<Uint8Array>;
}
