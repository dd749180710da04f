/** The computer doesn't tell what the agent cannot do without. */
export class HostError extends Error {
  readonly code: 'machine-id-unavailable';

  constructor(code: HostError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostError';
    this.code = code;
  }
}
