import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Protection } from './protection.ts';
import { readPrivate, writePrivate } from './private-file.ts';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Protection by file mode, for systems without a vault that a service without a login could use. What keeps others out is the mode of both files;
 * AES-GCM binds the content to this machine's id, so that a copied state can't speak for its original, and keeps secrets from
 * standing in plain text in a backup, an index or a disk image. Whoever is root, or the agent's account, can read it.
 *
 * `keyFile` is made with the first secret. `machineId` is the host's.
 */
export function sealedProtection(keyFile: string, machineId: string): Protection {
  const derived = (key: Uint8Array, salt: Uint8Array): Buffer =>
    Buffer.from(hkdfSync('sha256', key, salt, `jabra-plus-desktop secrets ${machineId}`, keyBytes));
  const keyForSealing = async (): Promise<Buffer> => {
    const held = await readPrivate(keyFile);
    if (held?.length === keyBytes) return held;
    const made = randomBytes(keyBytes);
    await writePrivate(keyFile, made);
    return made;
  };
  return {
    name: 'sealed',
    seal: async (plain) => {
      const nonce = randomBytes(nonceBytes);
      const encrypting = createCipheriv(cipher, derived(await keyForSealing(), nonce), nonce);
      const encrypted = Buffer.concat([encrypting.update(plain), encrypting.final()]);
      return Buffer.concat([nonce, encrypting.getAuthTag(), encrypted]);
    },
    open: async (sealed) => {
      const key = await readPrivate(keyFile);
      if (key?.length !== keyBytes) throw new RangeError('the key is missing');
      const nonce = sealed.subarray(0, nonceBytes);
      const decrypting = createDecipheriv(cipher, derived(key, nonce), nonce, { authTagLength: tagBytes });
      decrypting.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decrypting.update(sealed.subarray(nonceBytes + tagBytes)), decrypting.final()]);
    },
  };
}
