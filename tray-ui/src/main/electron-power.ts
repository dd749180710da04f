import { powerMonitor } from 'electron';

/** Tells the agent of the PC's sleep: Chromium hears of it before the network goes. An agent that does not work hears nothing, and needs to hear nothing. */
export function followPower(tell: (what: 'suspending' | 'resumed') => void): void {
  powerMonitor.on('suspend', () => {
    tell('suspending');
  });
  powerMonitor.on('resume', () => {
    tell('resumed');
  });
}
