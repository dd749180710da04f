import type { Clock } from '@jpd/protocol';
import type { MetadataGates } from '../privacy/gates.ts';
import { Outlet } from '../privacy/outlet.ts';
import { Scrubber } from '../privacy/scrubber.ts';
import { MemorySentLog } from './memory-sent-log.ts';

const open: MetadataGates = { userName: true, computer: true, location: true };

/** An outlet for parts that are tested without the agent around them. */
export function openOutlet(clock: Clock, gates: () => MetadataGates = () => open) {
  const sentLog = new MemorySentLog();
  const scrubber = new Scrubber({ userNames: ['petra.planted'], computerNames: ['PLANTED-PC'] }, ['planted-token']);
  let told = 0;
  const outlet = new Outlet({ clock, sentLog, scrubber, gates, onSent: () => void (told += 1) });
  return { outlet, sentLog, scrubber, told: () => told };
}
