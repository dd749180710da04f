/** Command groups (facts E3; numbers from fwupd jabra-gnp, jabra-file and HeadsetControl). */
export const Command = {
  ident: 0x02,
  file: 0x03,
  /** Starts the update of a device that took its firmware as a file; headsets have `firmware`. */
  fileUpdate: 0x07,
  bluetoothClear: 0x0c,
  bluetooth: 0x0d,
  firmware: 0x0f,
  status: 0x12,
  config: 0x13,
  video: 0x26,
  /** Not a group of any real device: settings that are only known by name live here on virtual devices. */
  synthetic: 0x7e,
  nack: 0xfe,
  ack: 0xff,
} as const;
