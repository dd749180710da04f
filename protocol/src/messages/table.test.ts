import { expect, test } from 'vitest';
import { bool8, struct, u8 } from '../bytes/index.ts';
import { fwupd, headsetControl, message } from './message.ts';
import { messageTable } from './table.ts';

test('a table of messages has a row for each, and a line for each kind of bytes', () => {
  const volume = message({
    name: 'volume',
    command: 0x0d,
    subcommand: 0x2a,
    request: u8(),
    reply: struct({ muted: bool8(), level: u8() }),
    write: struct({ muted: bool8(), level: u8() }),
    provenance: [fwupd, headsetControl],
  });
  const odd = message({ name: 'a | b', command: 1, subcommand: 2, event: u8(), post: struct({ part: u8() }), provenance: [] });
  const table = messageTable([
    { message: volume, test: 'src/volume.test.ts' },
    { message: odd, test: 'odd.test.ts' },
  ]);
  expect(table).toBe(
    `
| name | id | direction | bytes | provenance | test |
|---|---|---|---|---|---|
| volume | 0D/2A | → read<br>← reply, → write | u8<br>muted: bool, level: u8 | vendor: fwupd jabra-gnp<br>independent: HeadsetControl jabra_gnp_protocol | [volume.test.ts](src/volume.test.ts) |
| a \\| b | 01/02 | → post<br>← event | part: u8<br>u8 |  | [odd.test.ts](odd.test.ts) |
`.trim(),
  );
});
