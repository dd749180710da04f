import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Address, type HidPathInfo, readIdentity, Session } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { listed, withDevices } from './with-devices.ts';

/** The kernel's power management of a USB device (Documentation/driver-api/usb/power-management.rst). */
function powerOf({ path, physicalPort }: HidPathInfo) {
  const folder = join('/sys/bus/usb/devices', physicalPort, 'power');
  return {
    status: async (): Promise<string> => (await readFile(join(folder, 'runtime_status'), 'utf8')).trim(),
    suspendWhenIdle: async (): Promise<void> => {
      // The kernel has a device with a mute LED open for that LED, and lets none sleep that is open and can't wake its host.
      const inputs = join('/sys/class/hidraw', basename(path), 'device', 'input');
      for (const input of await readdir(inputs)) await writeFile(join(inputs, input, 'inhibited'), '1');
      await writeFile(join(folder, 'autosuspend_delay_ms'), '0');
      await writeFile(join(folder, 'control'), 'auto');
    },
  };
}

/**
 * The virtual host controller suspends a port, as an idle device's is. It refuses to sleep with the whole machine while a device is attached
 * (drivers/usb/usbip/vhci_hcd.c, vhci_hcd_suspend), and USB/IP has no way for a device to wake its host: neither is tested here.
 */
export const suspend: readonly KernelTest[] = [
  kernelTest('a headset whose USB port was suspended answers who opens it next, and stays awake while it is open', async () => {
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    await withDevices([device], async (hid) => {
      const info = await listed(hid, device);
      const power = powerOf(info);
      const talk = async (): Promise<string | null> => {
        const session = new Session(await hid.open(info), machineClock);
        const { version } = await readIdentity(session, Address.headsetViaUsb);
        assert.equal(await power.status(), 'active');
        await session.close();
        return version;
      };
      await power.suspendWhenIdle();
      for (let round = 0; round < 2; round += 1) {
        await eventually('the port is suspended', async () => (await power.status()) === 'suspended');
        assert.equal(await talk(), device.state.version);
      }
    });
  }),

  kernelTest('a headset that is pulled out of a suspended port is gone, and one that comes back answers', async () => {
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    await withDevices([device], async (hid, { bus }) => {
      const info = await listed(hid, device);
      const power = powerOf(info);
      await power.suspendWhenIdle();
      await eventually('the port is suspended', async () => (await power.status()) === 'suspended');
      bus.unplug(device);
      await eventually('it is gone', async () => (await hid.list(info.vendorId)).length === 0);
      bus.plug(device);
      const session = new Session(await hid.open(await listed(hid, device)), machineClock);
      assert.equal((await readIdentity(session, Address.headsetViaUsb)).serial, device.serial);
      await session.close();
    });
  }),
];
