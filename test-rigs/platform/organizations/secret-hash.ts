import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const scryptBytes = 32;

/** 256 random bits as text that fits into a URL, a shell and an MSI property. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** For tokens, which are long and random: looked at on every CONNECT of thousands of clients, so that it must be fast. */
export function hashToken(token: string | Uint8Array): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Takes the same time for every pair of hashes of one kind. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function derive(password: string | Uint8Array, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, scryptBytes, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** For passwords, which a person may have chosen. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${salt.toString('hex')}$${key.toString('hex')}`;
}

export async function isPassword(password: string | Uint8Array, hash: string): Promise<boolean> {
  const [kind, salt = '', key = ''] = hash.split('$');
  if (kind !== 'scrypt') return false;
  const derived = await derive(password, Buffer.from(salt, 'hex'));
  return sameHash(derived.toString('hex'), key);
}
