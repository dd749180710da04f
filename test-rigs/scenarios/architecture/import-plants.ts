/** A file that breaks one rule of .dependency-cruiser.mjs, and perhaps another one on the way. */
export interface ImportPlant {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
}

const plant = (rule: string, folder: string, specifier: string, name = `planted-${rule}.ts`): ImportPlant => ({
  rule,
  file: `${folder}/${name}`,
  text: `import * as planted from '${specifier}';\nexport const kept: unknown = planted;\n`,
});

/** At least one for every rule of the configuration, in the order of that file. */
export const importPlants: readonly ImportPlant[] = [
  plant('no-circular', 'agent/src/core', './planted-no-circular.ts'),
  plant('not-to-unresolvable', 'agent/src/core', './nowhere.ts'),
  plant('not-to-test', 'protocol/src/device', './device.test.ts'),
  plant('not-to-test', 'agent/src/core', './testing/lab.ts', 'planted-helper.ts'),
  plant('only-declared-packages', 'agent/src/adapters/log', 'fast-check'),
  plant('packages-by-their-entries', 'agent/src/core', '../../../protocol/src/device/device.ts'),
  plant('packages-by-their-entries', 'test-rigs/lab', '../../agent/src/adapters/log/log.ts'),
  plant('rig-tests-by-entries-and-adapters', 'test-rigs/scenarios', '../../agent/src/core/core.ts', 'planted.test.ts'),
  plant('nothing-uses-test-rigs', 'agent/src/adapters/log', '../../../../test-rigs/lab/lab.ts'),

  plant('protocol-is-pure', 'protocol/src/device', 'node:fs'),
  plant('protocol-is-pure', 'protocol/src/device', 'zod', 'planted-npm.ts'),
  plant('protocol-firmware-unpacks-only', 'protocol/src/firmware', 'node:zlib'),
  plant('protocol-knows-no-sibling', 'protocol/src/device', '../../../agent/src/core/core.ts'),
  plant('protocol-knows-no-sibling', 'protocol/src/device', '@jpd/agent', 'planted-sibling.test.ts'),
  plant('protocol-rooms', 'protocol/src', './somewhere/else.ts', 'index.test.ts'),
  plant('protocol-bytes', 'protocol/src/bytes', '../frames/frames.ts'),
  plant('protocol-frames', 'protocol/src/frames', '../messages/messages.ts'),
  plant('protocol-messages', 'protocol/src/messages', '../session/session.ts'),
  plant('protocol-session', 'protocol/src/session', '../device/device.ts'),
  plant('protocol-hid', 'protocol/src/hid', '../messages/messages.ts'),
  plant('protocol-settings', 'protocol/src/settings', '../hid/hid.ts'),
  plant('protocol-calls', 'protocol/src/calls', '../messages/messages.ts'),
  plant('protocol-images', 'protocol/src/images', '../session/session.ts'),
  plant('protocol-families', 'protocol/src/families', '../calls/calls.ts'),
  plant('protocol-device', 'protocol/src/device', '../firmware/firmware.ts'),
  plant('protocol-recording', 'protocol/src/recording', '../hid/hid.ts'),
  plant('protocol-firmware', 'protocol/src/firmware', '../session/session.ts'),
  plant('protocol-virtual-is-on-top', 'protocol/src/device', '../virtual/index.ts'),

  plant('contract-knows-zod-only', 'agent/src/contract', '../core/core.ts'),
  plant('local-knows-schemas-only', 'agent/src/local', '@jpd/protocol'),
  plant('ports-are-interfaces', 'agent/src/ports', 'node:fs'),
  plant('core-is-pure', 'agent/src/core', 'node:fs'),
  plant('core-is-pure', 'agent/src/core', 'mqtt', 'planted-mqtt.ts'),
  plant('core-is-pure', 'agent/src/core', 'zod', 'planted-zod.ts'),
  plant('core-tests-need-no-adapter', 'agent/src/core', '../adapters/log/log.ts', 'planted.test.ts'),
  plant('adapters-know-no-other-adapter', 'agent/src/adapters/log', '../hid/hid.ts'),
  plant('only-hid-has-its-library', 'agent/src/adapters/log', 'node-hid'),
  plant('only-hid-has-its-library', 'agent/src/adapters/log', 'usb', 'planted-usb.ts'),
  plant('only-mqtt-has-its-library', 'agent/src/adapters/log', 'mqtt'),
  plant('only-store-has-its-library', 'agent/src/adapters/log', 'classic-level'),
  plant('only-log-has-its-library', 'agent/src/adapters/hid', 'winston'),
  plant('only-config-has-its-library', 'agent/src/adapters/log', 'native-reg'),
  plant('only-certificates-has-its-library', 'agent/src/adapters/log', '@peculiar/x509'),
  plant('only-secrets-has-its-library', 'agent/src/adapters/log', '@primno/dpapi'),
  plant('only-app-composes', 'agent/src/cli', '../adapters/log/log.ts'),
  plant('app-is-on-top', 'agent/src/adapters/log', '../../app.ts'),
  plant('cli-is-the-top', 'agent/src/app', '../cli/jabra-agent.ts'),
  plant('cli-knows-the-app-only', 'agent/src/cli', '../core/core.ts'),
  plant('agent-knows-no-electron', 'agent/src/adapters/log', 'electron'),

  plant('bridge-knows-zod-only', 'tray-ui/src/bridge', 'node:fs'),
  plant('renderer-knows-only-the-bridge', 'tray-ui/src/renderer', '../main/main.ts', 'planted.tsx'),
  plant('renderer-has-no-node', 'tray-ui/src/renderer', 'node:fs', 'planted-node.tsx'),
  plant('preload-exposes-only', 'tray-ui/src/preload', '../main/main.ts'),
  plant('main-knows-no-page', 'tray-ui/src/main', '../renderer/page.tsx'),
  plant('electron-at-the-edge', 'tray-ui/src/main/tray', 'electron'),
  plant('installer-has-no-product-logic', 'installer/checks', '@jpd/protocol'),
];

/** What a plant refers to and the lawful tree has no place for. */
export const besidePlants = { 'protocol/src/somewhere/else.ts': 'export const elsewhere = 1;\n' };
