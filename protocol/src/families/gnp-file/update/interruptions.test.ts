import { describe, expect, test } from 'vitest';
import { type Action, ack, type BehaviourContext, nack, silence } from '../../../virtual/index.ts';
import { at, moments, newVersion, oldVersion, type Rig, rig, shortInstallation, upgradeFile } from './testing/rig.ts';
import { fileUpdateTiming } from './timing.ts';

const drained = (): Promise<unknown> => new Promise((resolve) => void setImmediate(resolve));

const answered = (context: BehaviourContext): Action => context.next();

/** What goes wrong once; the device is all right afterwards. */
const incidents: Readonly<Record<string, (context: BehaviourContext) => Action>> = {
  'isn’t carried out': () => silence,
  'loses its answer': (context) => {
    answered(context);
    return silence;
  },
  'is refused': () => nack(0xf0),
  'is answered with nonsense': () => ({ kind: 'raw', reports: [Uint8Array.of(5, 0, 1, 0, 0xc1, 0xff)] }),
  'is answered twice': (context) => ({ kind: 'raw', reports: [...context.encode(answered(context)), ...context.encode(ack)] }),
  'is answered late': (context) => ({ kind: 'later', delayMs: 1500, action: answered(context) }),
  'cuts the power': (context) => {
    context.powerCut(500);
    return silence;
  },
  'comes as the device is pulled out for ten seconds': (context) => {
    answered(context);
    context.leave(10_000);
    return silence;
  },
};

const isUpdated = ({ device, journal }: Rig): void => {
  expect([device.state.version, device.state.bricked, device.state.files.bricked]).toEqual([newVersion, false, null]);
  expect(journal.entry).toBeNull();
};

describe('an update goes on where once', () => {
  const table = moments.flatMap(([name, nth]) => Object.keys(incidents).map((incident) => [name, nth, incident] as const));
  // The answer to the product id decides whether the file is for the device: a refusal is a refusal of the update, told below.
  test.each(table.filter(([name, , incident]) => !(name === 'product' && incident === 'is refused')))(
    'request %s %i %s',
    async (name, nth, incident) => {
      const made = rig(drained);
      const act = incidents[incident];
      if (!act) throw new TypeError(incident);
      made.device.behave(at(name, nth, act));
      expect(await made.drive(made.start())).toEqual({ status: 'updated', version: newVersion });
      isUpdated(made);
      expect(made.clock.pendingTimers).toBe(0);
    },
  );
});

test('a block whose acknowledgement is lost is not sent again', async () => {
  const made = rig(drained);
  made.device.behave(
    at('block', 2, (context) => {
      context.next();
      return silence;
    }),
  );
  expect((await made.drive(made.start())).status).toBe('updated');
  // The first block, and 219 others.
  expect(made.device.received.filter(({ packet }) => packet?.command === 0x03 && packet.subcommand === 0x00)).toHaveLength(220);
});

describe('the start of the installation', () => {
  test.each(['isn’t carried out', 'loses its answer', 'is answered late', 'is answered twice', 'comes as the device is pulled out for ten seconds'])(
    'that %s is not sent again',
    async (incident) => {
      const made = rig(drained);
      const act = incidents[incident];
      if (act) made.device.behave(at('start', 1, act));
      const outcome = await made.drive(made.start());
      const starts = made.device.received.filter(({ packet }) => packet?.command === 0x07).length;
      expect(starts).toBe(1);
      const installed = incident !== 'isn’t carried out' && !incident.includes('pulled out');
      expect(outcome).toMatchObject(installed ? { status: 'updated' } : { status: 'failed', reason: 'not-installed', phase: 'installing' });
      expect(made.device.state.version).toBe(installed ? newVersion : oldVersion);
      expect(made.device.state.bricked).toBe(false);
    },
  );

  test('that is refused once is tried again', async () => {
    const made = rig(drained);
    made.device.behave(at('start', 1, () => nack(0xf0)));
    expect((await made.drive(made.start())).status).toBe('updated');
    isUpdated(made);
  });

  test('waits as long as the vendor’s own program', async () => {
    const made = rig(drained);
    made.device.behave(at('start', 1, () => ack));
    expect(await made.drive(made.start())).toEqual({ status: 'failed', reason: 'not-installed', phase: 'installing', cause: null });
    expect(made.clock.monotonic()).toBeGreaterThanOrEqual(fileUpdateTiming.installMs);
    expect(made.clock.monotonic()).toBeLessThan(fileUpdateTiming.installMs + fileUpdateTiming.returnMs + 10_000);
  });
});

describe('while it installs', () => {
  test('nothing is said to the device before it has left and is back', async () => {
    const made = rig(drained);
    await made.drive(made.start());
    const start = made.device.received.findIndex(({ packet }) => packet?.command === 0x07);
    const [told, next] = made.device.received.slice(start);
    expect((next?.at ?? 0) - (told?.at ?? 0)).toBeGreaterThanOrEqual(shortInstallation.staysMs + shortInstallation.awayMs);
  });

  test.each([2000, 15_000])('a device that loses its power %i ms after the start comes back as it was, and says so', async (ms) => {
    const made = rig(drained);
    made.device.behave(
      at('start', 1, (context) => {
        made.clock.setTimer(ms, () => {
          made.bus.unplug(made.device);
          made.bus.plug(made.device);
        });
        return context.next();
      }),
    );
    expect(await made.drive(made.start())).toEqual({ status: 'failed', reason: 'not-installed', phase: 'installing', cause: null });
    expect([made.device.state.version, made.device.state.bricked]).toEqual([oldVersion, false]);
    expect(await made.drive(made.start())).toEqual({ status: 'updated', version: newVersion });
  });

  test('a device may take a quarter of an hour', async () => {
    const made = rig(drained);
    made.device.state.files.installTiming = { staysMs: 20_000, awayMs: 880_000 };
    expect((await made.drive(made.start())).status).toBe('updated');
    isUpdated(made);
  });

  test('a device that never comes back is given up', async () => {
    const made = rig(drained);
    made.device.state.files.installTiming = { staysMs: 20_000, awayMs: 7_200_000 };
    expect(await made.drive(made.start())).toEqual({ status: 'failed', reason: 'gone', phase: 'installing', cause: null });
    expect(made.clock.monotonic()).toBeLessThan(fileUpdateTiming.installMs + fileUpdateTiming.returnMs + 10_000);
  });
});

describe('a device that doesn’t recover', () => {
  test.each([
    ['refuses to remove the file', 'remove', () => nack(0xf0), 'rejected', 'transferring'],
    ['refuses blocks', 'block', () => nack(0xf0), 'rejected', 'transferring'],
    ['loses pieces', 'piece', () => silence, 'rejected', 'transferring'],
    ['refuses to start', 'start', () => nack(0xf0), 'rejected', 'installing'],
    ['doesn’t answer', 'version', () => silence, 'no-answer', 'checking'],
    ['doesn’t say whether it is idle', 'status', () => nack(0xff), 'rejected', 'checking'],
    ['never gives its checksum', 'checksum', () => silence, 'no-answer', 'checking'],
  ] as const)('(%s) fails after three attempts', async (_, name, act, reason, phase) => {
    const made = rig(drained);
    made.device.behave(at(name, 1, act, 100_000));
    expect(await made.drive(made.start())).toMatchObject({ status: 'failed', reason, phase });
    expect([made.device.state.version, made.device.state.bricked]).toEqual([oldVersion, false]);
    expect(made.clock.pendingTimers).toBe(0);
  });

  test('whose acknowledgements are all lost is not believed', async () => {
    const made = rig(drained);
    const lose = (context: BehaviourContext): Action => {
      context.next();
      return silence;
    };
    made.device.behave(at('block', 1, lose, 100_000));
    expect(await made.drive(made.start())).toMatchObject({ status: 'failed', reason: 'no-answer', phase: 'transferring' });
  });

  test('whose file is never what was sent is told apart', async () => {
    const made = rig(drained);
    const other = new Uint8Array(21);
    made.device.behave(at('checksum', 1, () => ({ kind: 'reply', payload: other }), 100));
    expect(await made.drive(made.start())).toEqual({ status: 'failed', reason: 'corrupted', phase: 'verifying', cause: null });
    expect(made.device.received.some(({ packet }) => packet?.command === 0x07)).toBe(false);
  });

  test('and is pulled out for good is waited for two minutes', async () => {
    const made = rig(drained);
    made.device.behave(
      at('piece', 30, (context) => {
        context.leave(null);
        return silence;
      }),
    );
    expect(await made.drive(made.start())).toMatchObject({ status: 'failed', reason: 'gone', phase: 'transferring' });
    expect(made.clock.monotonic()).toBeLessThan(fileUpdateTiming.returnMs + 20_000);
  });

  test('and comes back with its old version is not updated', async () => {
    const made = rig(drained);
    const unsigned = upgradeFile();
    const file = { ...unsigned, content: unsigned.content.map((byte) => byte ^ 0x55) };
    expect(await made.drive(made.start(file))).toEqual({ status: 'failed', reason: 'not-installed', phase: 'installing', cause: null });
    expect([made.device.state.version, made.device.state.bricked]).toEqual([oldVersion, false]);
  });
});
