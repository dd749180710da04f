import type { CancelSignal } from '@jpd/protocol';
import type { Store } from './store.ts';

/** A folder as it is found; nothing is left in it. */
export interface FolderExamination {
  readonly kind: 'folder' | 'missing' | 'other';
  /**
   * The system's error code (`EACCES`) where this account cannot write in it, null where it can. Of a missing folder: whether it could be
   * made in the nearest one that exists.
   */
  readonly obstacle: string | null;
  /** Every account of this computer can change what is in it. False where modes don't tell (Windows: the access list does). */
  readonly openToAll: boolean;
  /** Of its file system, bytes; null where the system doesn't say. */
  readonly freeBytes: number | null;
}

/** Whether an agent works on a state folder. */
export type LockExamination =
  | { readonly held: false }
  /** `by` is null where the holder doesn't say who it is. */
  | { readonly held: true; readonly by: { readonly pid: number; readonly since: string } | null };

/** The agent's state as it is found. Nothing is changed on the disk. */
export interface StateExamination {
  /** All that could be read. What is committed to it goes nowhere. */
  readonly store: Store;
  /** Records by section. */
  readonly counts: ReadonlyMap<string, number>;
  /** What the next start of an agent would find damaged, null where all is well or nothing was ever kept. */
  readonly problem: string | null;
  /** Records that are missing, null where that cannot be known. */
  readonly lostRecords: number | null;
}

/** What a certificate says. Times are Unix milliseconds. */
export interface CertificateFacts {
  /** The configuration's key of the file it comes from, or `platform`. */
  readonly of: string;
  readonly name: string;
  readonly issuer: string;
  readonly validFrom: number;
  readonly validTo: number;
}

export interface TlsFacts {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Certificates that the connection depends on: the platform's chain, then those of `tls.caFile` and `tls.certFile`. */
  readonly certificates: readonly CertificateFacts[];
}

/** An open byte stream to the platform over which nothing was said yet. */
export interface PlatformRoute {
  /** Verifies the platform by TLS; null where the URL asks for none (this computer only). */
  readonly secure: ((signal: CancelSignal) => Promise<TlsFacts>) | null;
  close(): void;
}

/**
 * The way to the platform, step by step, as the platform link takes it. Whatever a step rejects with has a message for people, without secrets.
 */
export interface PlatformProbe {
  /** The proxy between, without user and password, null where there is none. Rejects where what is configured can't be used. */
  proxy(): Promise<string | null>;
  /** The host that this computer connects to itself: the proxy's, else the platform's. No addresses where it is an address already. */
  resolve(): Promise<{ readonly name: string; readonly addresses: readonly string[] }>;
  /** TCP, or the proxy's tunnel. */
  reach(signal: CancelSignal): Promise<PlatformRoute>;
}
