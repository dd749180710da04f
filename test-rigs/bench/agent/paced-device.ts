import { type Behaviour, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';

/** A headset that takes its time for every answer, and knows how long all of them took. */
export interface PacedDevice {
  readonly device: VirtualDevice;
  /** What its exchanges took since the last call: how many, and milliseconds in all. */
  take(): { readonly exchanges: number; readonly ms: number };
}

/** Each answer comes `answerMs` after its request; what a timer of a busy machine adds counts as the device's own time. */
export function pacedDevice(family: string, serial: string, answerMs: number): PacedDevice {
  let exchanges = 0;
  let ms = 0;
  const paced: Behaviour = {
    name: 'paced',
    onPacket: (_, context) => {
      const asked = performance.now();
      return {
        kind: 'later',
        delayMs: answerMs,
        action: () => {
          exchanges += 1;
          ms += performance.now() - asked;
          return context.next();
        },
      };
    },
  };
  const device = virtualDevice({ family, serial });
  device.behave(paced);
  return {
    device,
    take: () => {
      const taken = { exchanges, ms };
      exchanges = 0;
      ms = 0;
      return taken;
    },
  };
}
