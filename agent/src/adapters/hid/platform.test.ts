import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HidPlatform, linuxPlatform, plainPlatform, windowsPlatform } from './platform.ts';

describe('Linux', () => {
  let root = '';
  let linux: HidPlatform;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'jpd-sysfs-'));
    mkdirSync(join(root, 'class/hidraw'), { recursive: true });
    linux = linuxPlatform(join(root, 'class/hidraw'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  /** A hidraw node as sysfs shows it: a link from its class to its HID device, wherever that is. */
  function hidraw(name: string, device: string, uevent = '', descriptor: Uint8Array | null = null): void {
    const folder = join(root, 'devices', device);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'uevent'), uevent);
    if (descriptor) writeFileSync(join(folder, 'report_descriptor'), descriptor);
    mkdirSync(join(root, 'class/hidraw', name));
    symlinkSync(folder, join(root, 'class/hidraw', name, 'device'));
  }

  test.each([
    ['behind a hub', 'pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.3/0003:0B0E:24DA.0005', { physicalPort: '1-2.3', bus: 'usb' }],
    ['in the computer itself', 'pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.3/0003:0B0E:24DA.0005', { physicalPort: '1-6', bus: 'usb' }],
    ['over USB/IP', 'platform/vhci_hcd.0/usb3/3-1/3-1:1.0/0003:0B0E:24DA.0005', { physicalPort: '3-1', bus: 'usb' }],
  ])('finds the USB port of a device %s', async (_, device, location) => {
    hidraw('hidraw3', device);
    expect(await linux.locate('/dev/hidraw3')).toEqual(location);
  });

  test('finds a Bluetooth device by its adapter and its own address', async () => {
    hidraw('hidraw4', 'virtual/misc/uhid/0005:0B0E:24DA.0006', 'DRIVER=hid-generic\nHID_PHYS=a0:b1:c2:00:00:01\nHID_UNIQ=70:bf:92:00:00:01\n');
    expect(await linux.locate('/dev/hidraw4')).toEqual({ physicalPort: 'a0:b1:c2:00:00:01/70:bf:92:00:00:01', bus: 'bluetooth' });
  });

  test('finds a device without a port by what its driver says, whatever the interface', async () => {
    hidraw('hidraw5', 'virtual/misc/uhid/0003:0B0E:24DA.0007', 'HID_PHYS=usb-dummy/port1/input3\nHID_UNIQ=\n');
    expect(await linux.locate('/dev/hidraw5')).toEqual({ physicalPort: 'usb-dummy/port1', bus: 'usb' });
  });

  test('takes the path where nothing else is known', async () => {
    expect(await linux.locate('/dev/hidraw9')).toEqual({ physicalPort: '/dev/hidraw9', bus: 'usb' });
  });

  test('reads the report descriptor, null where there is none', async () => {
    hidraw('hidraw3', 'usb1/1-2/1-2:1.3/0003:0B0E:24DA.0005', '', Uint8Array.of(5, 0x0b, 9, 5));
    expect(await linux.descriptor('/dev/hidraw3')).toEqual(Uint8Array.of(5, 0x0b, 9, 5));
    expect(await linux.descriptor('/dev/hidraw4')).toBeNull();
  });

  test('tells a node that is gone from one that this account may not open', async () => {
    expect(await linux.obstacle(join(root, 'hidraw1'))).toBe('gone');
    const node = join(root, 'hidraw2');
    writeFileSync(node, '');
    expect(await linux.obstacle(node)).toBeNull();
    chmodSync(node, 0o000);
    // Root may open anything.
    expect(await linux.obstacle(node)).toBe(process.getuid?.() === 0 ? null : 'no-permission');
  });
});

describe('Windows', () => {
  const service = '{4d1e55b2-f16f-11cf-88cb-001111000030}';

  test('gives the collections of one device one port', async () => {
    const located = await Promise.all(
      [1, 2, 3].map((number) =>
        windowsPlatform.locate(String.raw`\\?\HID#VID_0B0E&PID_24DA&MI_03&Col0${number}#8&1a2b3c4d&0&000${number - 1}#${service}`),
      ),
    );
    expect(located).toEqual(Array.from({ length: 3 }, () => ({ physicalPort: 'vid_0b0e&pid_24da&mi_03#8&1a2b3c4d&0', bus: 'usb' })));
  });

  test('tells two devices of a product apart', async () => {
    const first = await windowsPlatform.locate(String.raw`\\?\HID#VID_0B0E&PID_24DA&MI_03&Col02#8&1a2b3c4d&0&0001#${service}`);
    const second = await windowsPlatform.locate(String.raw`\\?\HID#VID_0B0E&PID_24DA&MI_03&Col02#8&99999999&0&0001#${service}`);
    expect(first.physicalPort).not.toBe(second.physicalPort);
  });

  test.each(['00001124', '00001812'])('knows Bluetooth by its service (%s)', async (id) => {
    const path = String.raw`\\?\HID#{${id}-0000-1000-8000-00805F9B34FB}_VID&00010b0e_PID&24da&Col01#9&2b3c4d5e&0&0000#${service}`;
    expect((await windowsPlatform.locate(path)).bus).toBe('bluetooth');
  });

  test('takes a path of another form as it is', async () => {
    expect(await windowsPlatform.locate('COM3')).toEqual({ physicalPort: 'com3', bus: 'usb' });
  });
});

test('another system knows a device by its path', async () => {
  expect(await plainPlatform.locate('DevSrvsID:42')).toEqual({ physicalPort: 'DevSrvsID:42', bus: 'usb' });
  expect(await plainPlatform.descriptor('DevSrvsID:42')).toBeNull();
});
