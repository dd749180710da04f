import swc from '@swc/core';

// dependency-cruiser 17 asks swc for TypeScript without JSX, so that every .tsx file is a syntax error; this asks for JSX where the name says so.
const parse = swc.parseFileSync;
swc.parseFileSync = (file, options) => parse(file, { ...options, tsx: file.endsWith('x') });

const test = '[.]test[.]tsx?$';

/** Each rule names where it looks, what it forbids there, and where the code belongs instead. */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^electron$' } },
    { name: 'not-to-test', severity: 'error', from: { pathNot: test }, to: { path: test } },
    { name: 'nothing-uses-test-rigs', severity: 'error', from: { pathNot: '^test-rigs' }, to: { path: '^test-rigs' } },
    {
      name: 'protocol-is-pure',
      comment: 'I/O belongs in agent/src/adapters',
      severity: 'error',
      from: { path: '^protocol/src', pathNot: test },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'protocol-knows-no-sibling', severity: 'error', from: { path: '^protocol' }, to: { path: '^(agent|tray-ui|installer|test-rigs)/' } },
    {
      name: 'protocol-layers',
      severity: 'error',
      from: { path: '^protocol/src/(bytes|frames|messages|session|families)/', pathNot: test },
      to: { path: '^protocol/src/virtual/' },
    },
    {
      name: 'core-is-pure',
      comment: 'describe it in agent/src/ports, do it in agent/src/adapters',
      severity: 'error',
      from: { path: '^agent/src/(core|ports|contract)/', pathNot: test },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/zod/' },
    },
    {
      name: 'core-knows-no-adapter',
      severity: 'error',
      from: { path: '^agent/src/(core|ports|contract)/' },
      to: { path: '^agent/src/(adapters|cli|app)' },
    },
    {
      name: 'adapters-know-no-other-adapter',
      severity: 'error',
      from: { path: '^agent/src/adapters/([^/]+)/' },
      to: { path: '^agent/src/adapters/', pathNot: '^agent/src/adapters/$1/' },
    },
    {
      name: 'only-app-composes',
      severity: 'error',
      from: { path: '^agent/src/', pathNot: ['^agent/src/(app[.]ts|adapters/)', test] },
      to: { path: '^agent/src/adapters/' },
    },
    { name: 'agent-knows-no-electron', severity: 'error', from: { path: '^agent' }, to: { path: '(^|node_modules/)electron(/|$)|^tray-ui' } },
    {
      name: 'renderer-knows-only-the-bridge',
      severity: 'error',
      from: { path: '^tray-ui/src/renderer/', pathNot: test },
      to: { path: ['^(agent|protocol)/', '^tray-ui/src/(main|preload|fake-main)/', '(^|node_modules/)electron(/|$)'] },
    },
    { name: 'renderer-has-no-node', severity: 'error', from: { path: '^tray-ui/src/renderer/', pathNot: test }, to: { dependencyTypes: ['core'] } },
    {
      name: 'bridge-knows-zod-only',
      severity: 'error',
      from: { path: '^tray-ui/src/bridge/' },
      to: { pathNot: ['^tray-ui/src/bridge/', 'node_modules/zod/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out|coverage|reports)/' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
