import type { RegistryReader } from '../../ports/registry.ts';

/** The part of native-reg that is used; its numbers are Windows' own (winreg.h, winnt.h). */
interface NativeRegistry {
  readonly HKLM: number;
  readonly HKCU: number;
  openKey(root: number, subKey: string, access: number): unknown;
  enumValueNames(key: unknown): string[];
  getValue(key: unknown, subKey: null, name: string): unknown;
  closeKey(key: unknown): void;
}

/** KEY_READ, and the 64-bit view whatever the process is: the installer is a 64-bit one. */
const readAccess = 0x20019 | 0x0100;

function portValue(value: unknown): string | number | null {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return Buffer.isBuffer(value) ? value.toString('hex') : null;
}

/** Reads through `native`, so that what Windows answers can be played elsewhere. */
export function registryReader(native: NativeRegistry): RegistryReader {
  const roots: Readonly<Record<string, number>> = { HKLM: native.HKLM, HKCU: native.HKCU };
  const read = (key: string): ReadonlyMap<string, string | number> => {
    const separator = key.indexOf('\\');
    const root = roots[key.slice(0, separator)];
    if (root === undefined) throw new RangeError(`No registry root that is read here: ${key}`);
    const values = new Map<string, string | number>();
    const opened = native.openKey(root, key.slice(separator + 1), readAccess);
    // native-reg's answer for a key that doesn't exist.
    if (opened === null) return values;
    try {
      for (const name of native.enumValueNames(opened)) {
        const value = portValue(native.getValue(opened, null, name));
        if (value !== null) values.set(name, value);
      }
    } finally {
      native.closeKey(opened);
    }
    return values;
  };
  return { values: (key) => new Promise((resolve) => resolve(read(key))) };
}

/**
 * The registry of this computer; on systems other than Windows every key is empty. On Windows reading rejects where native-reg, an optional
 * dependency, is missing: to run without Group Policy's values would be to ignore the policy.
 */
export function systemRegistry(platform: NodeJS.Platform): RegistryReader {
  if (platform !== 'win32') return { values: () => Promise.resolve(new Map<string, string | number>()) };
  return { values: async (key) => registryReader(await import('native-reg')).values(key) };
}
