/** Names a client: ids of contract 2, already checked. */
export interface ClientRef {
  readonly organizationId: string;
  readonly clientId: string;
}

/** One text for a client, fit as a key. */
export function clientKey({ organizationId, clientId }: ClientRef): string {
  return `${organizationId}/${clientId}`;
}
