/** What is kept of a login. Secrets never leave through logs, documents or bundles; facts about them may. */
export interface KeptSecrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string | number>>;
}

export type LoadedSecrets =
  | { readonly ok: true; readonly kept: KeptSecrets | null }
  /** Damaged, of another machine, or not for this account. `reason` is one sentence for people, without secrets. */
  | { readonly ok: false; readonly reason: string };

/** A few secrets over restarts, protected as well as the system can. What was kept on one machine can't be opened on another. */
export interface SecretStore {
  /** `kept` is null where nothing is kept. Never rejects, and changes nothing. */
  load(): Promise<LoadedSecrets>;
  /** Replaces all that is kept, at once; null removes it. Resolves when it would survive a power cut. Rejects where it could not be kept: then what was there before still is. */
  save(kept: KeptSecrets | null): Promise<void>;
}
