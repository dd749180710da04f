import { flags, mapped, struct, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { fwupd, headsetControl, message } from './message.ts';

/** 1 to 100; 0 is how a device says that it doesn't know (fwupd takes it as an error), and more than 100 is no percentage. */
const percentOrUnknown = mapped(
  u8(),
  'u8 %, 0 unknown',
  (raw): number | null => (raw >= 1 && raw <= 100 ? raw : null),
  (level) => level ?? 0,
);

const batteryFields = struct({ state: flags({ charging: 0, low: 1, fastCharging: 6 }), level: percentOrUnknown });

/** Battery, asked or sent unasked. GNP 12/02, fwupd jabra-gnp and HeadsetControl (bit 6). */
export const batteryStatus = message({
  name: 'battery status',
  command: Command.status,
  subcommand: 0x02,
  reply: batteryFields,
  event: batteryFields,
  provenance: [fwupd, headsetControl],
});
