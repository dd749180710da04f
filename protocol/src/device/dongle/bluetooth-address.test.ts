import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bluetoothAddressText, parseBluetoothAddress } from './bluetooth-address.ts';

const bytes = Uint8Array.of(0x70, 0xbf, 0x92, 0x00, 0x00, 0x02);

test.each(['70:BF:92:00:00:02', '70:bf:92:00:00:02', '70-BF-92-00-00-02', '70BF92000002'])('%s is an address', (text) => {
  expect(parseBluetoothAddress(text)).toEqual(bytes);
});

test.each(['', '70:BF:92:00:00', '70:BF:92:00:00:02:03', '70:BF-92:00:00:02', '70:BF92:00:00:02', 'G0:BF:92:00:00:02', ' 70BF92000002'])(
  '"%s" is none',
  (text) => {
    expect(parseBluetoothAddress(text)).toBeNull();
  },
);

test('an address is written with colons and capitals, and read as it was written', () => {
  expect(bluetoothAddressText(bytes)).toBe('70:BF:92:00:00:02');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (address) => {
      expect(parseBluetoothAddress(bluetoothAddressText(address))).toEqual(address);
    }),
  );
});
