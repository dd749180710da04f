import { type BridgePort, deviceTabs, openBridge, pages, type portName } from '../bridge/index.ts';
import { start } from '../renderer/start.tsx';

declare global {
  interface Window {
    /** What preload exposes. */
    readonly [portName]: BridgePort;
  }
}

/** `?view=flyout`, or `?page=…&device=…&tab=…` where the window shall begin. */
const query = new URLSearchParams(window.location.search);
const page = pages.find((one) => one === query.get('page')) ?? 'devices';
start(document, {
  bridge: openBridge(window.jpdBridge),
  view: query.get('view') === 'flyout' ? 'flyout' : 'window',
  start: { page, deviceId: query.get('device'), tab: deviceTabs.find((one) => one === query.get('tab')) ?? null },
  clock: Date.now,
  systemLanguages: navigator.languages,
});
