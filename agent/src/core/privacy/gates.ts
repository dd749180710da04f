import type { BodyOf, ClientMetadata, PolicyRules } from '../../contract/index.ts';

/** The policy's three groups of data about a person and a computer. */
export type MetadataGates = PolicyRules['metadata'];
export type ClientBody = BodyOf<'client'>;

/** The document without the groups that the gates don't allow. */
export function stripped(body: ClientBody, gates: MetadataGates): ClientBody {
  const { metadata = {}, ...rest } = body;
  const { userName, computer, location } = metadata;
  return withMetadata(rest, {
    ...(gates.userName && userName !== undefined ? { userName } : {}),
    ...(gates.computer && computer ? { computer } : {}),
    ...(gates.location && location ? { location } : {}),
  });
}

/** Absent where all groups are off or empty, never empty itself (contract 3). */
export function withMetadata(body: Omit<ClientBody, 'metadata'>, metadata: ClientMetadata): ClientBody {
  return Object.keys(metadata).length === 0 ? body : { ...body, metadata };
}
