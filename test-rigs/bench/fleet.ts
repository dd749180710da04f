import { families, jabraVendorId, readIdentity, Session } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { bytesInUse } from './measure.ts';
import type { Row } from './rows.ts';

/** Families that a virtual device can be made of, all of them in turn. */
const plugged = families.filter(({ id, products }) => id !== 'unknown' && products.length > 0);

interface Fleet {
  readonly plugMs: number;
  readonly identityMs: number;
  readonly bytesEach: number;
  readonly bytesEachAsked: number;
}

async function sinceMs(what: () => Promise<void> | void): Promise<number> {
  const begun = performance.now();
  await what();
  return performance.now() - begun;
}

/** Plugs that many devices into one bus, asks each who it is over a session of its own, and weighs them before and after. */
async function fleetOf(count: number): Promise<Fleet> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const empty = bytesInUse();
  const plugMs = await sinceMs(() => {
    for (let index = 0; index < count; index += 1) {
      const family = plugged[index % plugged.length]?.id ?? '';
      bus.plug(virtualDevice({ family, serial: index.toString(16).toUpperCase().padStart(12, '0') }));
    }
  });
  const full = bytesInUse();
  const sessions: Session[] = [];
  let complete = 0;
  const identityMs = await sinceMs(async () => {
    for (const info of await bus.list(jabraVendorId)) {
      const session = new Session(await bus.open(info), clock);
      sessions.push(session);
      const address = plugged[Number.parseInt(info.serial ?? '', 16) % plugged.length]?.address ?? 0;
      if ((await readIdentity(session, address)).serial === info.serial) complete += 1;
    }
  });
  if (complete !== count) throw new Error(`${complete} of ${count} virtual devices said who they are`);
  const asked = bytesInUse();
  for (const session of sessions) await session.close();
  return { plugMs, identityMs, bytesEach: (full - empty) / count, bytesEachAsked: (asked - empty) / count };
}

/** Many virtual devices in one process, and whether a device costs more for being one of many. */
export async function fleetRows(count: number): Promise<readonly Row[]> {
  const few = Math.max(1, Math.round(count / 100));
  await fleetOf(few);
  const small = await fleetOf(few);
  const large = await fleetOf(count);
  const each = ({ plugMs, identityMs }: Fleet, devices: number): number => (plugMs + identityMs) / devices;
  return [
    {
      group: 'devices',
      name: `${count} virtual devices: plug and ask all, each against one of ${few}`,
      ratio: each(large, count) / each(small, few),
      goal: null,
      values: {
        plugMs: large.plugMs,
        identityMs: large.identityMs,
        bytesEach: large.bytesEach,
        bytesEachWithSession: large.bytesEachAsked,
      },
    },
  ];
}
