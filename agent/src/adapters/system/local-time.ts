import type { Clock } from '@jpd/protocol';
import { weekdays } from '../../contract/index.ts';
import type { LocalTimeAt } from '../../ports/index.ts';

/** A laptop that lands elsewhere is told within this. */
const redetectMs = 60_000;

/**
 * The PC's local time, as the system sets its clocks. V8 looks at the system's time zone once and keeps it for the life of the process, which for an agent
 * are weeks; taking `TZ` out of the environment makes it look again (nodejs/node src/node_env_var.cc), also where there is none. One that is set rules.
 */
export function createLocalTime(clock: Clock, environment: NodeJS.ProcessEnv = process.env): LocalTimeAt {
  let detectedAt = Number.NEGATIVE_INFINITY;
  return (unixMs) => {
    const now = clock.monotonic();
    if (environment['TZ'] === undefined && now - detectedAt >= redetectMs) {
      delete environment['TZ'];
      detectedAt = now;
    }
    const date = new Date(unixMs);
    // Date counts from Sunday, the contract's week from Monday.
    const weekday = weekdays[(date.getDay() + 6) % 7] ?? 'mon';
    return { weekday, minutes: date.getHours() * 60 + date.getMinutes() };
  };
}
