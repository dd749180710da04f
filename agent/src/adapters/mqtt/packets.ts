/** DISCONNECT without reason code: normal disconnection in 3.1.1 (3.14) and 5 (3.14.2.1), after which the server drops the will. */
export const DISCONNECT: Uint8Array = Uint8Array.of(0xe0, 0x00);

/** PUBACK of a message id, in the form that 3.1.1 (3.4) and 5 (3.4.2.1, reason "success" left out) share. */
export function puback(messageId: number): Uint8Array {
  return Uint8Array.of(0x40, 0x02, messageId >> 8, messageId & 0xff);
}
