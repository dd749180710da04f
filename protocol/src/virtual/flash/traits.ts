/** How a virtual device takes firmware; times in milliseconds of its clock. */
export interface FirmwareTraits {
  /** From start to erased. */
  readonly eraseMs: number;
  /** From a block that is acknowledged to its acknowledgement; 0: at once, in the same turn. */
  readonly acknowledgeMs: number;
  /** From the last acknowledgement to verified. */
  readonly verifyMs: number;
  /** From the commit to the moment at which it is gone. */
  readonly leaveMs: number;
  /** How long it is away then. */
  readonly restartMs: number;
  /**
   * How many block numbers there are before they begin again at 0. fwupd sends the lower 16 bits, which is 65,536, and does its arithmetic on
   * acknowledgements with 65,535; no public source says what devices do above 3.25 MiB.
   */
  readonly blockNumbers: BlockNumbers;
  /** It acknowledges with the number before that of the block, which fwupd takes as well. */
  readonly acknowledgesOneLess: boolean;
}

export type BlockNumbers = 65_536 | 65_535;

export const defaultFirmwareTraits: FirmwareTraits = {
  eraseMs: 200,
  acknowledgeMs: 1,
  verifyMs: 10,
  leaveMs: 20,
  restartMs: 500,
  blockNumbers: 65_536,
  acknowledgesOneLess: false,
};
