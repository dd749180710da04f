import { describe, expect, it } from 'vitest';

import { hashPassword, hashToken, isPassword, newSecret, sameHash } from './secret-hash.ts';

describe('a token', () => {
  it('is 256 random bits that need no quoting', () => {
    const tokens = Array.from({ length: 50 }, newSecret);
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('is hashed with SHA-256, from text and from bytes alike', () => {
    // The test vector of FIPS 180-2 for "abc".
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(hashToken('abc')).toBe(abc);
    expect(hashToken(Buffer.from('abc'))).toBe(abc);
  });

  it('is compared as a whole', () => {
    expect(sameHash(hashToken('a'), hashToken('a'))).toBe(true);
    expect(sameHash(hashToken('a'), hashToken('b'))).toBe(false);
    expect(sameHash('a', 'aa')).toBe(false);
  });
});

describe('a password', () => {
  it('is known again, and no other is', async () => {
    const hash = await hashPassword('secret');
    expect(await isPassword('secret', hash)).toBe(true);
    expect(await isPassword(Buffer.from('secret'), hash)).toBe(true);
    expect(await isPassword('Secret', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('has another hash each time, and none of them holds it', async () => {
    const [one, other] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('secret');
  });

  it('is not known where the hash is of another kind', async () => {
    expect(await isPassword('abc', hashToken('abc'))).toBe(false);
  });
});
