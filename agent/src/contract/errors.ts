export const contractErrorCodes = ['invalid-id', 'payload-too-large'] as const;
export type ContractErrorCode = (typeof contractErrorCodes)[number];

/** A caller broke the contract on the sending side. What comes in never throws. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
