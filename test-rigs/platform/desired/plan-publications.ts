/** A client that has the device. */
export interface Holder {
  readonly clientId: string;
  /** The client is online and says that the device is connected. */
  readonly connected: boolean;
  /** Higher the later the client said that the device came; no two are equal. */
  readonly heardAt: number;
  readonly appliedRevision: number | null;
}

/** What stands on `desired/{deviceId}` of a client. */
export interface Publication {
  readonly clientId: string;
  readonly revision: number;
  /** It names firmware to install. */
  readonly managed: boolean;
  /** Nothing stands there any more; `revision` is the last that did. */
  readonly emptied: boolean;
}

export interface DesiredState {
  readonly state: 'active' | 'forgetting';
  readonly revision: number;
  readonly managed: boolean;
}

export type PublicationStep =
  /** `revision` null: a new one has to be made, since the client may hold this or a higher one. */
  | { readonly kind: 'publish'; readonly clientId: string; readonly revision: number | null; readonly managed: boolean }
  | { readonly kind: 'empty'; readonly clientId: string };

/**
 * The client that may update the firmware: the connected one heard last. Only a connect counts as hearing, since every document of a client would
 * count otherwise, and two clients that have the device at once would take it from each other with every document they send.
 * While nobody has it connected, it stays where it was.
 */
export function firmwareOwner(holders: readonly Holder[], publications: readonly Publication[]): string | null {
  const newestFirst = holders.toSorted((a, b) => b.heardAt - a.heardAt || (a.clientId < b.clientId ? -1 : 1));
  const managed = new Set(publications.filter((one) => one.managed && !one.emptied).map((one) => one.clientId));
  const owner = newestFirst.find((one) => one.connected) ?? newestFirst.find((one) => managed.has(one.clientId)) ?? newestFirst[0];
  return owner?.clientId ?? null;
}

function publishStep(desired: DesiredState, clientId: string, managed: boolean, before: Publication | undefined): PublicationStep[] {
  if (before !== undefined && !before.emptied && before.revision >= desired.revision && before.managed === managed) return [];
  const known = before !== undefined && before.revision >= desired.revision;
  return [{ kind: 'publish', clientId, revision: known ? null : desired.revision, managed }];
}

/** What has to be published and emptied so that every client has what it shall have. Empty when all is as it should be. */
export function planPublications(
  desired: DesiredState | null,
  holders: readonly Holder[],
  publications: readonly Publication[],
): readonly PublicationStep[] {
  const standing = publications.filter((one) => !one.emptied);
  const gone = standing.filter((one) => desired === null || !holders.some((holder) => holder.clientId === one.clientId));
  const steps: PublicationStep[] = gone.map(({ clientId }) => ({ kind: 'empty', clientId }));
  if (desired === null) return steps;
  const owner = desired.managed ? firmwareOwner(holders, publications) : null;
  for (const { clientId, appliedRevision } of holders) {
    const before = publications.find((one) => one.clientId === clientId);
    if (desired.state === 'active') steps.push(...publishStep(desired, clientId, clientId === owner, before));
    else if (before !== undefined && !before.emptied) {
      const applied = before.revision >= desired.revision && appliedRevision !== null && appliedRevision >= before.revision;
      steps.push(...(applied ? [{ kind: 'empty', clientId } as const] : publishStep(desired, clientId, false, before)));
    }
  }
  return steps;
}
