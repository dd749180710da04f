import type { Credentials, DataFolder } from './data-folder/data-folder.ts';
import { newPlatformId } from './data-folder/data-folder.ts';
import { StartError } from './errors.ts';
import type { CredentialPresets } from './organizations/issue-credentials.ts';
import { issueCredentials } from './organizations/issue-credentials.ts';
import { createOrganization, findOrganization } from './organizations/organizations.ts';
import { addEnrollmentToken, administratorOf, isEnrollmentToken, isOperatorPassword, setOperatorPassword } from './organizations/secrets.ts';
import type { Work, Writer } from './work/work.ts';

export interface FirstOrganization extends CredentialPresets {
  /** Null: the one that the folder was made for, or `acme`. */
  readonly organizationId: string | null;
}

const defaultOrganizationId = 'acme';

async function issue(work: Work, organizationId: string, presets: CredentialPresets): Promise<Credentials> {
  if ((await findOrganization(work.tx, organizationId)) === null) await createOrganization(work, organizationId, organizationId);
  return { ...(await issueCredentials(work, organizationId, true, presets)), platformId: newPlatformId() };
}

/** Makes the presets hold that differ from what is there. A former enrolment token stays valid: clients have it in their configuration. */
async function adopt(work: Work, held: Credentials, presets: CredentialPresets): Promise<Credentials> {
  const { organizationId } = held;
  const enrollmentToken = presets.enrollmentToken ?? held.enrollmentToken;
  const password = presets.operatorPassword ?? held.operator.password;
  if (!(await isEnrollmentToken(work.tx, organizationId, enrollmentToken))) await addEnrollmentToken(work, organizationId, enrollmentToken);
  if (!(await isOperatorPassword(work.tx, organizationId, password))) await setOperatorPassword(work, organizationId, password);
  return { ...held, enrollmentToken, operator: { ...held.operator, password } };
}

/** The file is of use only while the database knows its token: it may have been copied, or the database replaced. */
async function isOf(work: Work, held: Credentials): Promise<boolean> {
  const administrator = await administratorOf(work.tx, held.adminToken);
  return administrator?.organizationId === held.organizationId;
}

/** Said before the database is opened, which takes a while. @throws StartError organization-mismatch */
export async function assertOrganizationOf(folder: DataFolder, organizationId: string | null): Promise<void> {
  const held = await folder.credentials();
  if (held !== null && organizationId !== null && organizationId !== held.organizationId) {
    throw new StartError('organization-mismatch', `this data folder was made for the organisation ${held.organizationId}, not ${organizationId}`);
  }
}

/**
 * Sees to it that there is an organisation, and a file with what is needed to use it; where the file was lost, new secrets are made.
 * @returns the credentials, and whether they are new
 */
export async function ensureCredentials(
  folder: DataFolder,
  writer: Writer,
  { organizationId, ...presets }: FirstOrganization,
): Promise<{ readonly credentials: Credentials; readonly issued: boolean }> {
  const held = await folder.credentials();
  return writer.write(async (work) => {
    const usable = held !== null && (await isOf(work, held));
    const id = organizationId ?? held?.organizationId ?? defaultOrganizationId;
    const credentials = usable ? await adopt(work, held, presets) : await issue(work, id, presets);
    // Before the commit: a file without a database row is replaced at the next start, a row without a file would be a secret nobody knows.
    await folder.saveCredentials(credentials);
    return { credentials, issued: !usable };
  });
}
