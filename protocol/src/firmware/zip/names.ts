import { decodeUtf8, encodeUtf8 } from '../../bytes/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';

const longest = 255;
// Control characters make a name that nobody can read or type.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/;
const drive = /^[a-z]:/i;

/**
 * The name of an entry. Nothing here writes files, but what reads a package may hand its names on: a name must be one that stays inside a folder on every
 * system. Throws `FirmwarePackageError` `unsafe-name`.
 */
export function entryName(bytes: Uint8Array): string {
  const name = decodeUtf8(bytes);
  const refuse = (why: string): FirmwarePackageError =>
    new FirmwarePackageError('unsafe-name', `the zip has an entry ${JSON.stringify(name)}, ${why}`);
  if (encodeUtf8(name).length !== bytes.length || name.includes('\ufffd')) throw refuse('whose name is not UTF-8');
  if (name === '' || bytes.length > longest) throw refuse('whose name is empty or too long');
  if (control.test(name) || name.includes('\\')) throw refuse('whose name has characters that a name can’t have');
  if (name.startsWith('/') || drive.test(name)) throw refuse('which is absolute');
  if (
    name
      .replace(/\/$/, '')
      .split('/')
      .some((part) => part === '' || part === '.' || part === '..')
  )
    throw refuse('which leads out of its folder');
  return name;
}

/** What file systems that ignore case and composition take for the same. */
export const folded = (name: string): string => name.replace(/\/$/, '').normalize('NFC').toLowerCase();
