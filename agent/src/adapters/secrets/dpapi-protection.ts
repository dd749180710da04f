import { createHash } from 'node:crypto';
import { SecretStoreError } from './errors.ts';
import type { Protection } from './protection.ts';

/** The part of @primno/dpapi that is used. */
export interface DpapiBinding {
  protectData(data: Uint8Array, entropy: Uint8Array | null, scope: 'CurrentUser' | 'LocalMachine'): Uint8Array;
  unprotectData(data: Uint8Array, entropy: Uint8Array | null, scope: 'CurrentUser' | 'LocalMachine'): Uint8Array;
}

/**
 * The machine's, not a user's: identity, store and queue belong to the PC, and whoever's session is the active one runs the agent on them. So any
 * account of this PC that may read the file can open it; what keeps accounts out is the access list of the state folder.
 */
const scope = 'LocalMachine';

/** Protection by Windows' DPAPI. `load` gives the binding; rejects where the optional dependency is missing. */
export function dpapiProtection(load: () => Promise<DpapiBinding>, machineId: string): Protection {
  // A disk image that was not generalised has the original's DPAPI keys; where its machine id is another, this is.
  const entropy = createHash('sha256').update(`jabra-plus-desktop secrets ${machineId}`).digest();
  const binding = async (): Promise<DpapiBinding> => {
    try {
      return await load();
    } catch (error) {
      throw new SecretStoreError('not-protected', 'Windows’ data protection (DPAPI) is not available: reinstall the agent', { cause: error });
    }
  };
  return {
    name: 'dpapi',
    seal: async (plain) => (await binding()).protectData(plain, entropy, scope),
    open: async (sealed) => (await binding()).unprotectData(sealed, entropy, scope),
  };
}

/** The optional dependency. On other systems, and without its prebuilt file, it loads and says so. */
export async function nativeDpapi(): Promise<DpapiBinding> {
  const { Dpapi, isPlatformSupported } = await import('@primno/dpapi');
  if (!isPlatformSupported) throw new SecretStoreError('not-protected', 'the native part of @primno/dpapi is missing');
  return Dpapi;
}
