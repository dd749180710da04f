import { CancelSource } from '@jpd/protocol';
import { VirtualClock } from '@jpd/protocol/virtual';
import { parseStoredEvent } from '../../agent-state.ts';
import type { Outgoing, OutletConnection } from '../../privacy/outgoing.ts';
import { steadyEntropy } from '../../testing/entropy.ts';
import { LogBook } from '../../testing/log-book.ts';
import { openMemoryStore } from '../../testing/memory-store.ts';
import { openOutlet } from '../../testing/open-outlet.ts';
import { ScriptedPlatform } from '../../testing/scripted-platform.ts';
import { sectionOf } from '../../testing/sections.ts';
import { HeldMessages, parseHeldRecord } from '../held-messages.ts';
import { Outbox } from '../outbox.ts';
import { PlatformSession } from '../platform-session.ts';
import { Publisher } from '../publisher.ts';

export const sessionId = '11111111-1111-4111-8111-111111111111';

export const deletionOf = (topic: string): Outgoing => ({ kind: 'devices', topic, body: null });

/** What a connection is made with; a session adds its will. */
export const connectOptions = {
  url: 'mqtt://127.0.0.1',
  version: 5,
  clientId: 'pc-1',
  userName: 'acme/pc-1',
  password: null,
  willDelaySeconds: 30,
  sessionExpirySeconds: 1,
  receiveMaximum: 32,
  keepAliveSeconds: 300,
  tls: { caFile: null, certFile: null, keyFile: null },
} as const;

/** A session on a scripted platform, whose handlers note what they were told and when. */
export async function sessionLab() {
  const clock = new VirtualClock();
  const platform = new ScriptedPlatform(() => clock.now());
  platform.acknowledges = false;
  const link = openOutlet(clock).outlet.link(platform);
  const store = openMemoryStore();
  const outbox = new Outbox(await sectionOf('events', parseStoredEvent, store), clock, steadyEntropy(), (writes) => store.commit(writes));
  const publisher = new Publisher(() => undefined);
  const log = new LogBook();
  const told: string[] = [];
  let slow: Promise<void> = Promise.resolve();
  const tell = async (what: string): Promise<void> => {
    await slow;
    told.push(`${String(clock.monotonic())} ${what}`);
  };
  const session: PlatformSession = new PlatformSession({
    clock,
    log,
    outbox,
    publisher,
    held: new HeldMessages(await sectionOf('held', parseHeldRecord, store), (writes) => store.commit(writes)),
    organizationId: 'acme',
    clientId: 'pc-1',
    sessionId,
    handlers: {
      payload: {
        policy: ({ revision }) => tell(`policy ${revision}`),
        desired: ({ revision }, { id, beforeSuback, retained }) =>
          tell(`desired ${id} ${revision}${beforeSuback ? ' early' : ''}${retained ? ' retained' : ''}`),
        commands: ({ id }) => tell(`command ${id}`),
        acks: async ({ ids }) => {
          await tell('ack');
          await outbox.acknowledge(ids);
        },
      },
      deleted: (kind, { id }) => tell(`deleted ${kind} ${id}`),
      violation: (kind) => tell(`violation ${kind}`),
    },
    enqueueDocuments: async () => {
      for (const name of ['client', 'devices/a']) publisher.enqueue(name, () => deletionOf(`${session.topics.prefix}${name}`));
    },
    onEstablished: async () => {
      told.push(`${String(clock.monotonic())} established`);
    },
    onForeignPresence: () => {
      told.push('foreign');
    },
    onBroken: () => {
      told.push('broken');
    },
  });
  const connect = async (): Promise<OutletConnection> => {
    const result = await link.connect({ ...connectOptions, will: session.will() }, new CancelSource());
    if (!result.accepted) throw new Error('refused');
    result.connection.onClosed(() => {
      session.closed();
    });
    return result.connection;
  };
  return {
    clock,
    platform,
    outbox,
    publisher,
    link,
    session,
    log,
    told,
    /** Connects, and gives it the time to establish itself. */
    open: async (milliseconds = 3000) => {
      session.open(await connect());
      await clock.advance(milliseconds);
    },
    event: async () => {
      const { writes, flush } = outbox.append([{ type: 'agent.started', data: {} }]);
      await store.commit(writes);
      flush();
    },
    /** What is durable from now on is so when this is called. */
    stall: () => {
      let go = (): void => undefined;
      slow = new Promise((resolve) => {
        go = resolve;
      });
      return go;
    },
  };
}
