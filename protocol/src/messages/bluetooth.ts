import { bytes, nameOf8, struct } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { bluetoothTool, message } from './message.ts';

/**
 * A headset came to or left the dongle. Only that it was sent is relied upon: whether a child is there is then asked with 02/13.
 * GNP 0D/26, Python Bluetooth tool for PID 245E.
 */
export const connectionState = message({
  name: 'connection state',
  command: Command.bluetooth,
  subcommand: 0x26,
  event: struct({ state: nameOf8({ connected: 0x04 }), address: bytes(6) }),
  provenance: [bluetoothTool],
});
