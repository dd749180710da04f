/** One step of the database's history. A released step is never edited; a change is a new one at the end. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    statements: [
      `create table organizations (
        id text primary key, name text not null, created_at bigint not null,
        last_revision bigint not null, policy text not null, policy_revision bigint not null)`,
      `create table secrets (
        id bigserial primary key, organization_id text not null references organizations(id) on delete cascade,
        kind text not null, platform_wide boolean not null, hash text not null, created_at bigint not null)`,
      `create index secrets_by_kind on secrets (kind, organization_id)`,
      `create table clients (
        organization_id text not null references organizations(id) on delete cascade, client_id text not null, enrolled_at bigint not null,
        presence_state text, presence_reason text, presence_at bigint, session_id text, lost_since bigint,
        document text, document_at bigint, revoked_at bigint, revoked_seen_at bigint, revoked_policy_revision bigint, deleted_at bigint,
        primary key (organization_id, client_id))`,
      // A client id names an MQTT session, and those know no organisations.
      `create unique index clients_by_id on clients (client_id)`,
      `create table client_devices (
        organization_id text not null, client_id text not null, device_id text not null,
        revision bigint not null, session_id text, connected boolean not null, applied_revision bigint,
        heard_at bigint not null, received_at bigint not null, document text not null,
        primary key (organization_id, client_id, device_id),
        foreign key (organization_id, client_id) references clients (organization_id, client_id) on delete cascade)`,
      `create index client_devices_by_device on client_devices (organization_id, device_id)`,
      `create table device_history (
        seq bigserial primary key, organization_id text not null, client_id text not null, device_id text not null,
        received_at bigint not null, document text not null)`,
      `create index device_history_by_device on device_history (organization_id, device_id, client_id, seq)`,
      `create table desired_documents (
        organization_id text not null references organizations(id) on delete cascade, device_id text not null,
        revision bigint not null, state text not null, body text not null, updated_at bigint not null,
        primary key (organization_id, device_id))`,
      `create table desired_publications (
        organization_id text not null, client_id text not null, device_id text not null,
        revision bigint not null, managed boolean not null, emptied boolean not null,
        primary key (organization_id, client_id, device_id),
        foreign key (organization_id, client_id) references clients (organization_id, client_id) on delete cascade)`,
      `create index desired_publications_by_device on desired_publications (organization_id, device_id)`,
      `create table events (
        seq bigserial primary key, organization_id text not null references organizations(id) on delete cascade, client_id text not null,
        event_id text not null, type text not null, device_id text, received_at bigint not null, document text not null,
        unique (organization_id, client_id, event_id))`,
      `create index events_by_organization on events (organization_id, seq)`,
      `create table commands (
        id text primary key, organization_id text not null references organizations(id) on delete cascade, client_id text not null,
        type text not null, device_id text, params text not null, created_at bigint not null, expires_at bigint not null,
        status text not null, result text, result_at bigint)`,
      `create index commands_by_client on commands (organization_id, client_id, created_at)`,
    ],
  },
  {
    version: 2,
    statements: [
      `create table client_credentials (
        id bigserial primary key, organization_id text not null, client_id text not null, kind text not null, hash text not null,
        issued_at bigint not null, expires_at bigint not null, first_used_at bigint,
        foreign key (organization_id, client_id) references clients (organization_id, client_id) on delete cascade)`,
      `create index client_credentials_by_client on client_credentials (organization_id, client_id)`,
    ],
  },
];
