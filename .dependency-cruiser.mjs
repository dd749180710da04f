import { readFileSync } from 'node:fs';
import swc from '@swc/core';

// dependency-cruiser 17 asks swc for TypeScript without JSX, so that every .tsx file is a syntax error; this asks for JSX where the name says so.
const parse = swc.parseFileSync;
swc.parseFileSync = (file, options) => parse(file, { ...options, tsx: file.endsWith('x') });

/** Tests, and the folders named testing with what several tests of a room share. */
const test = '[.]test[.]tsx?$|/testing/';
const npmPackage = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

/** Who may import whom inside protocol: a layer knows itself and the layers named here. */
const protocolLayers = {
  bytes: [],
  frames: ['bytes'],
  messages: ['bytes', 'frames'],
  session: ['bytes', 'frames', 'messages'],
  hid: ['bytes', 'session'],
  settings: ['bytes', 'frames', 'messages', 'session', 'families', 'device', 'recording'],
  families: ['bytes', 'frames', 'messages', 'session', 'hid', 'settings', 'images', 'device', 'recording'],
  device: ['bytes', 'frames', 'messages', 'session', 'hid', 'settings', 'images', 'families', 'recording'],
  recording: ['bytes', 'frames', 'messages', 'session', 'settings', 'families', 'device'],
  calls: ['bytes', 'session', 'hid'],
  images: ['bytes'],
  firmware: ['bytes', 'images'],
};
const protocolRooms = [...Object.keys(protocolLayers), 'virtual'].join('|');

/** The adapter that a library of the agent belongs to; nobody else of the agent imports it. */
const libraries = {
  hid: ['node-hid', 'usb'],
  mqtt: ['mqtt'],
  store: ['classic-level'],
  log: ['winston'],
  config: ['native-reg'],
  certificates: ['@peculiar/x509', 'reflect-metadata'],
  secrets: ['@primno/dpapi'],
};

/** The files that package.json offers to other packages. */
const entries = ['protocol', 'agent', 'tray-ui'].flatMap((workspace) => {
  const { exports } = JSON.parse(readFileSync(new URL(`${workspace}/package.json`, import.meta.url), 'utf8'));
  return Object.values(exports).map(({ source }) => `^${workspace}/${source.replace('./', '').replaceAll('.', '[.]')}$`);
});

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Each rule's comment says where the code belongs instead. test-rigs/scenarios/architecture.test.ts shows of every rule that it catches something. */
export default {
  forbidden: [
    rule('no-circular', 'move what both need into a third file below them', {}, { circular: true }),
    rule(
      'not-to-unresolvable',
      'a misspelt path, or a package that is missing in package.json',
      {},
      { couldNotResolve: true, pathNot: ['^electron$', '/dist/'] },
    ),
    rule('not-to-test', 'move what product code needs out of the test, or out of the folder of test helpers', { pathNot: test }, { path: test }),
    rule(
      'only-declared-packages',
      'name the package in the dependencies of this workspace (exact version), or keep it to the tests',
      { path: '^(protocol|agent|tray-ui)/src/', pathNot: test },
      // Electron is what runs the tray app, and no part of what it loads.
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'], pathNot: npmPackage('electron') },
    ),
    rule(
      'packages-by-their-entries',
      "import another package by its name (@jpd/protocol, @jpd/agent/contract) and export what is missing from that package's entry",
      { path: '^(protocol|agent|tray-ui|installer|test-rigs)/', pathNot: '^test-rigs/.*[.]test[.]ts$' },
      { path: '^(protocol|agent|tray-ui|installer)/', pathNot: ['^$1/', ...entries] },
    ),
    rule(
      'rig-tests-by-entries-and-adapters',
      'a rig tests through the public entries; besides these its tests may reach agent/src/adapters, to hold an adapter against the real thing',
      { path: '^test-rigs/.*[.]test[.]ts$' },
      { path: '^(protocol|agent|tray-ui|installer)/', pathNot: [...entries, '^agent/src/adapters/'] },
    ),
    rule(
      'nothing-uses-test-rigs',
      'what product code needs belongs in protocol (virtual devices: protocol/src/virtual) or agent',
      { pathNot: '^test-rigs/' },
      { path: '^test-rigs/' },
    ),

    rule(
      'protocol-is-pure',
      'I/O, Node and npm packages belong in agent/src/adapters; protocol takes what it needs through a port (session/hid-port.ts, session/clock.ts)',
      { path: '^protocol/src/', pathNot: [test, '^protocol/src/firmware/'] },
      { pathNot: '^protocol/' },
    ),
    rule(
      'protocol-firmware-unpacks-only',
      'reading packages may use fflate and saxes, both pure JavaScript; anything else comes through a port',
      { path: '^protocol/src/firmware/', pathNot: test },
      { pathNot: ['^protocol/', npmPackage('fflate', 'saxes')] },
    ),
    rule(
      'protocol-knows-no-sibling',
      'what a protocol test needs of the agent is a scenario: test-rigs/scenarios',
      { path: '^protocol/' },
      { path: '^(agent|tray-ui|installer|test-rigs)/' },
    ),
    rule(
      'protocol-rooms',
      'every file of protocol lives in one of the layers at the top of .dependency-cruiser.mjs; a new layer is added there first',
      {},
      { path: '^protocol/src/', pathNot: [`^protocol/src/(${protocolRooms})/`, '^protocol/src/index[.]ts$'] },
    ),
    ...Object.entries(protocolLayers).map(([layer, below]) =>
      rule(
        `protocol-${layer}`,
        `${layer} knows ${below.join(', ') || 'no other layer'}: move the code up to the layer that uses it, or pass the value in`,
        { path: `^protocol/src/${layer}/`, pathNot: test },
        { path: '^protocol/src/', pathNot: `^protocol/src/(${[layer, ...below].join('|')})/` },
      ),
    ),
    rule(
      'protocol-virtual-is-on-top',
      'virtual devices are for tests and rigs: real code never knows whether a device is one; its entry is @jpd/protocol/virtual',
      { path: '^protocol/src/', pathNot: [test, '^protocol/src/virtual/'] },
      { path: '^protocol/src/virtual/' },
    ),

    rule(
      'contract-knows-zod-only',
      'the contract is what both sides of the wire import: logic belongs in agent/src/core, I/O in agent/src/adapters',
      { path: '^agent/src/contract/', pathNot: test },
      { pathNot: ['^agent/src/contract/', npmPackage('zod')] },
    ),
    rule(
      'local-knows-schemas-only',
      'what agent and tray say to each other is made of schemas: logic belongs in agent/src/core, pipes in agent/src/adapters',
      { path: '^agent/src/local/', pathNot: test },
      { pathNot: ['^agent/src/(local|contract)/', npmPackage('zod')] },
    ),
    rule(
      'ports-are-interfaces',
      'a port is written in terms of protocol and contract; what does the work belongs in agent/src/adapters',
      { path: '^agent/src/ports/', pathNot: test },
      { pathNot: ['^agent/src/(ports|contract)/', '^protocol/'] },
    ),
    rule(
      'core-is-pure',
      'describe what core needs in agent/src/ports, do it in agent/src/adapters; parsing with zod belongs to the edge (contract, adapters)',
      { path: '^agent/src/core/', pathNot: test },
      { pathNot: ['^agent/src/(core|ports|contract)/', '^protocol/'] },
    ),
    rule(
      'core-tests-need-no-adapter',
      'take the lab of agent/src/core/testing, or a port of three lines; what needs a real adapter is a scenario: test-rigs/scenarios',
      { path: '^agent/src/(contract|local|ports|core)/.*[.]test[.]ts$' },
      { path: '^agent/src/(adapters|app|cli)' },
    ),
    rule(
      'adapters-know-no-other-adapter',
      'let agent/src/app.ts hand one to the other through a port, or move what both need into core; what both need of Node is in adapters/node',
      { path: '^agent/src/adapters/([^/]+)/' },
      { path: '^agent/src/adapters/', pathNot: ['^agent/src/adapters/$1/', '^agent/src/adapters/node/'] },
    ),
    ...Object.entries(libraries).map(([adapter, packages]) =>
      rule(
        `only-${adapter}-has-its-library`,
        `${packages.join(' and ')} belongs to agent/src/adapters/${adapter}: use the port that it implements`,
        { path: '^agent/', pathNot: `^agent/src/adapters/${adapter}/` },
        { path: npmPackage(...packages) },
      ),
    ),
    rule(
      'only-app-composes',
      'take the port as a parameter; agent/src/app.ts creates the adapter and passes it in',
      { path: '^agent/src/', pathNot: ['^agent/src/(app[./]|adapters/)', test] },
      { path: '^agent/src/adapters/' },
    ),
    rule(
      'app-is-on-top',
      'only the command line imports the composition root: pass the value in instead',
      { path: '^agent/src/', pathNot: ['^agent/src/(app[./]|cli/)', test] },
      { path: '^agent/src/(app[./]|cli/)' },
    ),
    rule(
      'cli-is-the-top',
      'what others need of a command belongs in agent/src/app.ts',
      { path: '^agent/src/', pathNot: '^agent/src/cli/' },
      { path: '^agent/src/cli/' },
    ),
    rule(
      'cli-knows-the-app-only',
      'a command parses arguments and prints; what it does belongs in agent/src/app.ts',
      { path: '^agent/src/cli/', pathNot: test },
      { path: '^(agent/src|protocol)/', pathNot: '^agent/src/(cli|app[./]|contract/|local/)' },
    ),
    rule(
      'agent-knows-no-electron',
      'everything that knows Electron belongs in tray-ui/src/main; it speaks with the agent through agent/src/local',
      { path: '^agent/' },
      { path: [npmPackage('electron'), '^(tray-ui|installer)/'] },
    ),

    rule(
      'bridge-knows-zod-only',
      'the bridge is schemas and types for both sides: code belongs in tray-ui/src/main or tray-ui/src/renderer',
      { path: '^tray-ui/src/bridge/', pathNot: test },
      { pathNot: ['^tray-ui/src/bridge/', npmPackage('zod')] },
    ),
    rule(
      'renderer-knows-only-the-bridge',
      'ask main through tray-ui/src/bridge',
      { path: '^tray-ui/src/(renderer|fake-main)/', pathNot: test },
      { path: ['^(agent|protocol|installer)/', '^tray-ui/src/(main|preload)/', npmPackage('electron')] },
    ),
    rule(
      'renderer-has-no-node',
      'the renderer is a sandboxed page: do it in tray-ui/src/main and offer it on the bridge',
      { path: '^tray-ui/src/(renderer|fake-main)/', pathNot: test },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'preload-exposes-only',
      'preload exposes the bridge and nothing else: put code into tray-ui/src/main',
      { path: '^tray-ui/src/preload/', pathNot: test },
      { pathNot: ['^tray-ui/src/(preload|bridge)/', npmPackage('electron')] },
    ),
    rule(
      'main-knows-no-page',
      'main and the page share tray-ui/src/bridge only',
      { path: '^tray-ui/src/main/' },
      { path: '^tray-ui/src/(renderer|preload|fake-main)/' },
    ),
    rule(
      'electron-at-the-edge',
      'let electron-main.ts hand it in: what decides in main is tested without Electron',
      { path: '^tray-ui/src/', pathNot: '^tray-ui/src/(main/(electron-[^/]+|ipc)|preload/[^/]+)[.]ts$' },
      { path: npmPackage('electron') },
    ),
    rule(
      'installer-has-no-product-logic',
      'the installer packs what was built; behaviour belongs in agent or tray-ui',
      { path: '^installer/' },
      { path: '^(protocol|agent|tray-ui)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: what is excluded is not seen as a dependency either, and many packages have their entry in a folder named dist.
    exclude: { path: '^(protocol|agent|tray-ui|installer|test-rigs)/(dist|out)/|^(coverage|reports)/' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
