import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openUhid } from './uhid-file.ts';

test('a machine without uhid is told what to do', () => {
  expect(() => openUhid(join(tmpdir(), 'no-such-folder', 'uhid'))).toThrow(/\(ENOENT\): load the kernel module: modprobe uhid/);
});
