import { VirtualClock } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { createLocalTime } from './local-time.ts';

const zoneBefore = process.env['TZ'];

afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
});

/** What the wall shows in a time zone at a moment (UTC). */
function wallOf(timeZone: string): (moment: string) => string {
  process.env['TZ'] = timeZone;
  const at = createLocalTime(new VirtualClock());
  return (moment) => {
    const { weekday, minutes } = at(Date.parse(moment));
    return `${weekday} ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  };
}

describe('local time', () => {
  it('skips the hour that summer time takes', () => {
    const berlin = wallOf('Europe/Berlin');
    expect(['2026-03-29T00:59:59.999Z', '2026-03-29T01:00:00Z'].map((moment) => berlin(moment))).toEqual(['sun 1:59', 'sun 3:00']);
  });

  it('shows the hour twice that summer time gives back', () => {
    const berlin = wallOf('Europe/Berlin');
    const moments = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z'];
    expect(moments.map((moment) => berlin(moment))).toEqual(['sun 2:30', 'sun 2:30', 'sun 3:00']);
  });

  it('knows days that begin at one o’clock, zones of odd minutes, and the other half of the world', () => {
    // Summer time begins at midnight in Beirut: that Sunday has no 00:00.
    expect(wallOf('Asia/Beirut')('2026-03-28T22:00:00Z')).toBe('sun 1:00');
    expect(wallOf('Asia/Kathmandu')('2026-11-22T18:15:00Z')).toBe('mon 0:00');
    expect(wallOf('Pacific/Kiritimati')('2026-11-22T12:00:00Z')).toBe('mon 2:00');
    expect(wallOf('Pacific/Pago_Pago')('2026-11-23T10:59:00Z')).toBe('sun 23:59');
  });

  it('leaves a time zone that the environment names', () => {
    const berlin = wallOf('Europe/Berlin');
    expect([berlin('2026-07-01T10:00:00Z'), process.env['TZ']]).toEqual(['wed 12:00', 'Europe/Berlin']);
  });

  it('looks for another time zone once a minute, and only when it is asked', async () => {
    const looks: string[] = [];
    const environment = new Proxy<NodeJS.ProcessEnv>(
      {},
      {
        deleteProperty: (_target, name) => {
          looks.push(String(name));
          return true;
        },
      },
    );
    const clock = new VirtualClock();
    const at = createLocalTime(clock, environment);
    await clock.advance(600_000);
    expect(looks).toEqual([]);
    for (let second = 0; second < 120; second += 1) {
      at(0);
      await clock.advance(1000);
    }
    expect(looks).toEqual(['TZ', 'TZ']);
  });
});
