import type { ClientRef } from '../client-ref.ts';

/** What a committed piece of work means for the parts that wait or act outside of the database. */
export type Note =
  | { readonly kind: 'events-stored' }
  | { readonly kind: 'result-stored' }
  /** A `connection-lost` came; `since` (Unix milliseconds) names it. */
  | { readonly kind: 'connection-lost'; readonly client: ClientRef; readonly since: number }
  /** The client said that it knows of its revocation, and may not log in any more. */
  | { readonly kind: 'client-shut-out'; readonly client: ClientRef };
