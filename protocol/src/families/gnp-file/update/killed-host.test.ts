import { describe, expect, test } from 'vitest';
import { delay } from '../../../session/index.ts';
import { at, killable, moments, newVersion, oldVersion, type RequestName, type Rig, rig, shortInstallation } from './testing/rig.ts';

const drained = (): Promise<unknown> => new Promise((resolve) => void setImmediate(resolve));

const isUpdated = ({ device, journal }: Rig): void => {
  expect([device.state.version, device.state.bricked, device.state.files.bricked]).toEqual([newVersion, false, null]);
  expect(journal.entry).toBeNull();
};

describe('a host that is killed', () => {
  const everyMoment: readonly (readonly [RequestName, number])[] = [...moments, ['start', 1]];

  test.each(everyMoment)('at request %s %i leaves a device that the next one updates', async (name, nth) => {
    const made = rig(drained);
    const first = killable(made.bus, made.clock, made.device);
    made.device.behave(
      at(name, nth, (context) => {
        first.kill();
        return context.next();
      }),
    );
    void made.start(undefined, first.host);
    await made.drive(delay(made.clock, 3000));
    expect(made.device.state.version).toBe(oldVersion);
    expect(await made.drive(made.start())).toEqual({ status: 'updated', version: newVersion });
    isUpdated(made);
    expect(made.device.received.filter(({ packet }) => packet?.command === 0x07)).toHaveLength(1);
  });

  test.each([3000, shortInstallation.staysMs + 1000, shortInstallation.staysMs + shortInstallation.awayMs + 1000])(
    '%i ms after the start is followed by one that waits, and starts nothing anew',
    async (ms) => {
      const made = rig(drained);
      const first = killable(made.bus, made.clock, made.device);
      made.device.behave(
        at('start', 1, (context) => {
          first.kill();
          return context.next();
        }),
      );
      void made.start(undefined, first.host);
      await made.drive(delay(made.clock, ms));
      expect(await made.drive(made.start())).toEqual({ status: 'updated', version: newVersion });
      isUpdated(made);
      expect(made.device.received.filter(({ packet }) => packet?.command === 0x07)).toHaveLength(1);
    },
  );

  test('before its start command left is followed by one that sends it', async () => {
    const made = rig(drained);
    const first = killable(made.bus, made.clock, made.device);
    const save = made.journal.save.bind(made.journal);
    made.journal.save = async (entry): Promise<void> => {
      await save(entry);
      first.kill();
    };
    void made.start(undefined, first.host);
    await made.drive(delay(made.clock, 3000));
    made.journal.save = save;
    expect(made.journal.entry).not.toBeNull();
    expect(await made.drive(made.start())).toEqual({ status: 'updated', version: newVersion });
    isUpdated(made);
  });

  test.each([
    ['of another file', { kind: 'file-update-started', md5: 'ff', at: Date.UTC(2026, 0, 5, 9) }],
    ['of last week', { kind: 'file-update-started', md5: '', at: 0 }],
    ['of another program', 'started'],
  ])('with a note %s is not waited for', async (_, entry) => {
    const made = rig(drained);
    made.journal.entry = entry;
    expect((await made.drive(made.start())).status).toBe('updated');
    expect(made.clock.monotonic()).toBeLessThan(shortInstallation.staysMs + shortInstallation.awayMs + 10_000);
  });
});
