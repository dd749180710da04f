import { expect, test } from 'vitest';

import { registryReader, systemRegistry } from './native-registry.ts';

/** A registry of one key, as native-reg answers: null for a key that isn't there, Buffers for binary values, arrays for lists. */
function fakeNative(values: Readonly<Record<string, unknown>>) {
  const opened: { root: number; subKey: string; access: number }[] = [];
  let open = 0;
  return {
    opened,
    open: () => open,
    HKLM: 0x80000002,
    HKCU: 0x80000001,
    openKey(root: number, subKey: string, access: number) {
      opened.push({ root, subKey, access });
      if (subKey !== 'Software\\Jabra') return null;
      open += 1;
      return { values };
    },
    enumValueNames: () => Object.keys(values),
    getValue: (_key: unknown, _subKey: null, name: string) => {
      if (values[name] instanceof Error) throw values[name];
      return values[name];
    },
    closeKey: () => {
      open -= 1;
    },
  };
}

test('texts and numbers come as they are, bytes as hexadecimal, other types not at all', async () => {
  const native = fakeNative({ Text: 'é€', Dword: 7, Bytes: Buffer.from([0x0a, 0xff]), List: ['a'], Qword: 5n, Gone: null });
  const values = await registryReader(native).values('HKLM\\Software\\Jabra');
  expect([...values]).toEqual([
    ['Text', 'é€'],
    ['Dword', 7],
    ['Bytes', '0aff'],
  ]);
  expect(native.opened).toEqual([{ root: 0x80000002, subKey: 'Software\\Jabra', access: 0x20119 }]);
  expect(native.open()).toBe(0);
});

test('a key that does not exist is empty', async () => {
  expect((await registryReader(fakeNative({})).values('HKCU\\Software\\Other')).size).toBe(0);
});

test('a value that cannot be read rejects, and the key is closed again', async () => {
  const native = fakeNative({ Bad: new Error('access denied') });
  await expect(registryReader(native).values('HKLM\\Software\\Jabra')).rejects.toThrow('access denied');
  expect(native.open()).toBe(0);
});

test('a root that is not read here rejects', async () => {
  await expect(registryReader(fakeNative({})).values('HKCR\\x')).rejects.toThrow(RangeError);
});

test('elsewhere than on Windows every key is empty', async () => {
  expect((await systemRegistry('linux').values('HKLM\\Software')).size).toBe(0);
});

test('native-reg has the functions that are used, under the names and numbers that are assumed', async () => {
  const native = await import('native-reg');
  for (const name of ['openKey', 'enumValueNames', 'getValue', 'closeKey'] as const) expect(native[name]).toBeTypeOf('function');
  expect([native.HKLM, native.HKCU]).toEqual([0x80000002, 0x80000001]);
  expect(native.Access.READ + native.Access.WOW64_64KEY).toBe(0x20119);
});
