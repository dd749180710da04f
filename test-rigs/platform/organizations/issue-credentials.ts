import type { Work } from '../work/work.ts';
import { operatorPrefix } from './organizations.ts';
import { newSecret } from './secret-hash.ts';
import { addAdminToken, addEnrollmentToken, setOperatorPassword } from './secrets.ts';

/** What a new organisation needs, in plain text. The database keeps hashes only, so that this is the one time it can be seen. */
export interface OrganizationCredentials {
  readonly organizationId: string;
  readonly enrollmentToken: string;
  /** Login at the broker: reads the whole organisation and publishes what the platform may. */
  readonly operator: { readonly userName: string; readonly password: string };
  /** Bearer token of the HTTP API. */
  readonly adminToken: string;
}

export interface CredentialPresets {
  readonly enrollmentToken?: string | undefined;
  readonly operatorPassword?: string | undefined;
}

export async function issueCredentials(
  work: Work,
  organizationId: string,
  platformWide: boolean,
  presets: CredentialPresets = {},
): Promise<OrganizationCredentials> {
  const enrollmentToken = presets.enrollmentToken ?? newSecret();
  const password = presets.operatorPassword ?? newSecret();
  const adminToken = newSecret();
  await addEnrollmentToken(work, organizationId, enrollmentToken);
  await setOperatorPassword(work, organizationId, password);
  await addAdminToken(work, { organizationId, platformWide }, adminToken);
  return { organizationId, enrollmentToken, operator: { userName: `${operatorPrefix}/${organizationId}`, password }, adminToken };
}
