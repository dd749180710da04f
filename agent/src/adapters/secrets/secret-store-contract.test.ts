import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KeptSecrets, SecretStore } from '../../ports/index.ts';
import { type DpapiBinding, dpapiProtection, nativeDpapi } from './dpapi-protection.ts';
import { fileSecretStore } from './file-secret-store.ts';
import { openMemorySecretStore, SecretMemory, systemSecretStore } from './index.ts';

const kept: KeptSecrets = { secrets: { secret: 'Planted+secret/1', note: 'Gehörschutz 🎧' }, facts: { kind: 'secret', issuedAt: 1_700_000_000_000 } };
const other: KeptSecrets = { secrets: { privateKey: 'k'.repeat(5000) }, facts: {} };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jpd-sec-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** CryptProtectData as far as it can be told from outside: another entropy or scope, or a changed byte, is refused. */
function playedDpapi(): DpapiBinding {
  const keyOf = (entropy: Uint8Array | null, scope: string): Buffer =>
    createHash('sha256')
      .update(`this machine ${scope}`)
      .update(entropy ?? '')
      .digest();
  return {
    protectData: (data, entropy, scope) => {
      const cipher = createCipheriv('aes-256-gcm', keyOf(entropy, scope), Buffer.alloc(12));
      return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    },
    unprotectData: (data, entropy, scope) => {
      const cipher = createDecipheriv('aes-256-gcm', keyOf(entropy, scope), Buffer.alloc(12));
      cipher.setAuthTag(data.subarray(-16));
      return Buffer.concat([cipher.update(data.subarray(0, -16)), cipher.final()]);
    },
  };
}

const windowsStore = (folder: string, machineId: string, binding = playedDpapi(), onSecret = (_value: string): void => undefined): SecretStore =>
  fileSecretStore({ file: join(folder, 'login'), protection: dpapiProtection(async () => binding, machineId), onSecret });
const posixStore = (folder: string, machineId: string, onSecret = (_value: string): void => undefined): SecretStore =>
  systemSecretStore({ stateDir: folder, machineId, platform: 'linux', onSecret });

/** What the port promises, for every implementation of it. */
function describeSecretStore(name: string, makePlace: () => Promise<() => SecretStore>): void {
  describe(name, () => {
    it('has nothing at first', async () => {
      const open = await makePlace();
      expect(await open().load()).toEqual({ ok: true, kept: null });
    });

    it('has after a restart what was saved last, and all of it', async () => {
      const open = await makePlace();
      await open().save(kept);
      expect(await open().load()).toEqual({ ok: true, kept });
      const store = open();
      const saves = [store.save(kept), store.save(null), store.save(other)];
      await Promise.all(saves);
      expect(await open().load()).toEqual({ ok: true, kept: other });
    });

    it('forgets what is removed, twice as well as once', async () => {
      const open = await makePlace();
      await open().save(kept);
      await open().save(null);
      await open().save(null);
      expect(await open().load()).toEqual({ ok: true, kept: null });
    });
  });
}

describeSecretStore('secrets in memory', async () => {
  const memory = new SecretMemory();
  return () => openMemorySecretStore(memory);
});
describeSecretStore('secrets behind the mode of files', async () => {
  const folder = await newFolder();
  return () => posixStore(folder, 'machine-1');
});
describeSecretStore('secrets behind a played DPAPI', async () => {
  const folder = await newFolder();
  return () => windowsStore(folder, 'machine-1');
});

const filesOf = async (folder: string): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const)));
};

describe.each([
  ['the mode of files', posixStore],
  ['a played DPAPI', (folder: string, machineId: string) => windowsStore(folder, machineId)],
])('secrets behind %s', (_, storeOf) => {
  it('stand nowhere in plain text', async () => {
    const folder = await newFolder();
    await storeOf(folder, 'machine-1').save(kept);
    const files = await filesOf(folder);
    expect(files.size).toBeGreaterThan(0);
    for (const text of files.values()) expect(text).not.toMatch(/Planted|secret\/1/);
  });

  it('cannot be opened on another machine, and are not lost by the attempt', async () => {
    const folder = await newFolder();
    await storeOf(folder, 'machine-1').save(kept);
    expect(await storeOf(folder, 'machine-2').load()).toMatchObject({ ok: false, reason: expect.stringContaining('another computer') });
    expect(await storeOf(folder, 'machine-1').load()).toEqual({ ok: true, kept });
  });

  it('are not handed out where any byte was changed, and the reason tells nothing of them', async () => {
    const folder = await newFolder();
    const store = storeOf(folder, 'machine-1');
    await store.save(kept);
    const path = [...(await filesOf(folder)).keys()].find((name) => name.endsWith('login')) ?? '';
    const whole = await readFile(path);
    for (const at of [0, 40, 60, Math.floor(whole.length / 2), whole.length - 1]) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await writeFile(path, bytes);
      const loaded = await store.load();
      expect(loaded.ok, `byte ${at}`).toBe(false);
      expect(JSON.stringify(loaded)).not.toContain('Planted');
    }
    await writeFile(path, whole.subarray(0, 50));
    expect((await store.load()).ok).toBe(false);
    await store.save(other);
    expect(await store.load()).toEqual({ ok: true, kept: other });
  });
});

describe('secrets behind the mode of files', () => {
  it('are readable by this account only, in a folder that is, also where both were open before', async () => {
    const folder = await newFolder();
    const store = posixStore(folder, 'machine-1');
    await store.save(kept);
    await chmod(join(folder, 'secrets'), 0o755);
    await chmod(join(folder, 'secrets', 'login'), 0o644);
    await store.save(other);
    const modes = await Promise.all(['', 'login', 'key'].map(async (name) => (await stat(join(folder, 'secrets', name))).mode & 0o777));
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    expect(await readdir(join(folder, 'secrets'))).toHaveLength(2);
  });

  it('cannot be opened without the key beside them', async () => {
    const folder = await newFolder();
    const store = posixStore(folder, 'machine-1');
    await store.save(kept);
    await rm(join(folder, 'secrets', 'key'));
    expect((await store.load()).ok).toBe(false);
  });

  it('look different each time, so that nobody can tell whether they changed', async () => {
    const folder = await newFolder();
    const store = posixStore(folder, 'machine-1');
    await store.save(kept);
    const before = await readFile(join(folder, 'secrets', 'login'), 'latin1');
    await store.save(kept);
    expect(await readFile(join(folder, 'secrets', 'login'), 'latin1')).not.toBe(before);
  });

  it('that cannot be written are said so, and what was there before still is', async () => {
    const folder = await newFolder();
    const store = posixStore(folder, 'machine-1');
    await store.save(kept);
    const file = await newFolder().then((parent) => join(parent, 'file'));
    await writeFile(file, '');
    await expect(posixStore(join(file, 'below'), 'machine-1').save(kept)).rejects.toMatchObject({ name: 'SecretStoreError', code: 'not-written' });
    expect(await store.load()).toEqual({ ok: true, kept });
  });
});

describe('secrets behind DPAPI', () => {
  it('are not kept at all where DPAPI is missing', async () => {
    const folder = await newFolder();
    const protection = dpapiProtection(() => Promise.reject(new Error('no such module')), 'machine-1');
    const store = fileSecretStore({ file: join(folder, 'login'), protection, onSecret: () => undefined });
    await expect(store.save(kept)).rejects.toMatchObject({ code: 'not-protected' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused by the binding itself on a system that has none', async () => {
    if (process.platform === 'win32') await expect(nativeDpapi()).resolves.toBeDefined();
    else await expect(nativeDpapi()).rejects.toMatchObject({ code: 'not-protected' });
  });

  it('are sealed for the machine, with what only this program and this machine know', async () => {
    const calls: unknown[] = [];
    const binding: DpapiBinding = {
      ...playedDpapi(),
      protectData: (data, entropy, scope) => {
        calls.push([entropy?.length, scope]);
        return data;
      },
    };
    await windowsStore(await newFolder(), 'machine-1', binding).save(kept);
    expect(calls).toEqual([[32, 'LocalMachine']]);
  });
});

it('a secret is told to the log before it is kept or handed out', async () => {
  const folder = await newFolder();
  const told: string[] = [];
  await posixStore(folder, 'machine-1', (value) => told.push(value)).save(kept);
  expect(told).toEqual(Object.values(kept.secrets));
  told.length = 0;
  await posixStore(folder, 'machine-1', (value) => told.push(value)).load();
  expect(told).toEqual(Object.values(kept.secrets));
});
