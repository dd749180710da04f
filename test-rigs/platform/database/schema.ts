import { bigint, bigserial, boolean, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';

/** Unix milliseconds. */
const instant = (name: string) => bigint(name, { mode: 'number' });
const revision = (name: string) => bigint(name, { mode: 'number' });
/** JSON text: jsonb refuses U+0000 and lone surrogates, which a client may put into any string. */
const json = (name: string) => text(name);

export const organizations = pgTable('organizations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
  /** The highest revision ever given to a document of this organisation. */
  lastRevision: revision('last_revision').notNull(),
  policy: json('policy').notNull(),
  policyRevision: revision('policy_revision').notNull(),
});

export const secrets = pgTable('secrets', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  organizationId: text('organization_id').notNull(),
  kind: text('kind', { enum: ['enrollment', 'operator', 'admin'] }).notNull(),
  /** An admin token that may also create organisations. */
  platformWide: boolean('platform_wide').notNull(),
  hash: text('hash').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const clients = pgTable(
  'clients',
  {
    organizationId: text('organization_id').notNull(),
    clientId: text('client_id').notNull(),
    enrolledAt: instant('enrolled_at').notNull(),
    /** What is believed, not what was last heard: see `lostSince`. Null until the first presence. */
    presenceState: text('presence_state', { enum: ['online', 'offline'] }),
    presenceReason: text('presence_reason', { enum: ['connected', 'shutdown', 'connection-lost', 'sleep', 'revoked'] }),
    presenceAt: instant('presence_at'),
    sessionId: text('session_id'),
    /** When a `connection-lost` came that is not believed yet. */
    lostSince: instant('lost_since'),
    document: json('document'),
    documentAt: instant('document_at'),
    revokedAt: instant('revoked_at'),
    /** When the agent said `offline/revoked`; from then on it cannot log in. */
    revokedSeenAt: instant('revoked_seen_at'),
    /** Revision of the policy with `revoked`, null while the organisation's own holds. */
    revokedPolicyRevision: revision('revoked_policy_revision'),
    /** A revoked client that was deleted: nothing is left of it but the id that may not come back. */
    deletedAt: instant('deleted_at'),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.clientId] })],
);

/** What a client logs in with in place of the organisation's token. */
export const clientCredentials = pgTable('client_credentials', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  organizationId: text('organization_id').notNull(),
  clientId: text('client_id').notNull(),
  kind: text('kind', { enum: ['secret', 'certificate'] }).notNull(),
  /** SHA-256: of the secret, or of the certificate. */
  hash: text('hash').notNull(),
  issuedAt: instant('issued_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  /** Null until the client logged in with it: until then the one before it goes on. */
  firstUsedAt: instant('first_used_at'),
});

/** One device as one client knows it. */
export const clientDevices = pgTable(
  'client_devices',
  {
    organizationId: text('organization_id').notNull(),
    clientId: text('client_id').notNull(),
    deviceId: text('device_id').notNull(),
    revision: revision('revision').notNull(),
    /** Session of the agent that sent `document`. */
    sessionId: text('session_id'),
    connected: boolean('connected').notNull(),
    appliedRevision: revision('applied_revision'),
    /** Place of this client's last word that the device came, among all such words: a revision, since two can come within a millisecond. */
    heardAt: revision('heard_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    document: json('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.clientId, table.deviceId] })],
);

export const deviceHistory = pgTable('device_history', {
  seq: bigserial('seq', { mode: 'number' }).primaryKey(),
  organizationId: text('organization_id').notNull(),
  clientId: text('client_id').notNull(),
  deviceId: text('device_id').notNull(),
  receivedAt: instant('received_at').notNull(),
  document: json('document').notNull(),
});

export const desiredDocuments = pgTable(
  'desired_documents',
  {
    organizationId: text('organization_id').notNull(),
    deviceId: text('device_id').notNull(),
    revision: revision('revision').notNull(),
    /** `forgetting`: an empty document is out, and the topics are emptied as it is applied. */
    state: text('state', { enum: ['active', 'forgetting'] }).notNull(),
    body: json('body').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.deviceId] })],
);

/** What stands on a client's `desired/{deviceId}`. An emptied one stays, so that its revision is never undercut. */
export const desiredPublications = pgTable(
  'desired_publications',
  {
    organizationId: text('organization_id').notNull(),
    clientId: text('client_id').notNull(),
    deviceId: text('device_id').notNull(),
    revision: revision('revision').notNull(),
    managed: boolean('managed').notNull(),
    emptied: boolean('emptied').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.clientId, table.deviceId] })],
);

export const events = pgTable(
  'events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    organizationId: text('organization_id').notNull(),
    clientId: text('client_id').notNull(),
    eventId: text('event_id').notNull(),
    type: text('type').notNull(),
    deviceId: text('device_id'),
    receivedAt: instant('received_at').notNull(),
    document: json('document').notNull(),
  },
  (table) => [unique().on(table.organizationId, table.clientId, table.eventId)],
);

export const commands = pgTable('commands', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  clientId: text('client_id').notNull(),
  type: text('type').notNull(),
  deviceId: text('device_id'),
  params: json('params').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  status: text('status', { enum: ['sent', 'accepted', 'running', 'succeeded', 'failed', 'rejected', 'expired'] }).notNull(),
  result: json('result'),
  resultAt: instant('result_at'),
});

export const migrationsApplied = pgTable('migrations_applied', {
  version: integer('version').primaryKey(),
  appliedAt: instant('applied_at').notNull(),
});
