import type { Sources } from './mini-tree.ts';

/** One file or two for every layer, each importing what it may: the nets find nothing here, so that what they find later was planted. */
export const lawful: Sources = {
  'protocol/src/bytes/bytes.ts': 'export const bytes = 1;\n',
  'protocol/src/frames/frames.ts': "import { bytes } from '../bytes/bytes.ts';\nexport const frames = bytes;\n",
  'protocol/src/messages/messages.ts': "import { frames } from '../frames/frames.ts';\nexport const messages = frames;\n",
  'protocol/src/session/session.ts': "import { messages } from '../messages/messages.ts';\nexport const session = messages;\n",
  'protocol/src/hid/hid.ts': "import { bytes } from '../bytes/bytes.ts';\nexport const hid = bytes;\n",
  'protocol/src/settings/settings.ts': "import { messages } from '../messages/messages.ts';\nexport const settings = messages;\n",
  'protocol/src/families/families.ts': "import { settings } from '../settings/settings.ts';\nexport const families = settings;\n",
  'protocol/src/device/device.ts': "import { families } from '../families/families.ts';\nexport const device = families;\n",
  'protocol/src/recording/recording.ts': "import { session } from '../session/session.ts';\nexport const recording = session;\n",
  'protocol/src/calls/calls.ts': "import { hid } from '../hid/hid.ts';\nexport const calls = hid;\n",
  'protocol/src/images/images.ts': "import { bytes } from '../bytes/bytes.ts';\nexport const images = bytes;\n",
  'protocol/src/firmware/firmware.ts': "import { bytes } from '../bytes/bytes.ts';\nexport const firmware = bytes;\n",
  'protocol/src/virtual/index.ts': "import { device } from '../device/device.ts';\nexport const virtual = device;\n",
  'protocol/src/index.ts': "export * from './device/device.ts';\nexport * from './recording/recording.ts';\n",
  'protocol/src/device/device.test.ts': "import { virtual } from '../virtual/index.ts';\nexport const tested = virtual;\n",

  'agent/src/contract/index.ts': "import { z } from 'zod';\nexport const contract = z.string();\n",
  'agent/src/local/index.ts': "import { z } from 'zod';\nexport const local = z.string();\n",
  'agent/src/ports/index.ts': "import { device } from '@jpd/protocol';\nexport type Port = typeof device;\n",
  'agent/src/core/core.ts': "import type { Port } from '../ports/index.ts';\nexport const core = (port: Port): Port => port;\n",
  'agent/src/core/testing/lab.ts':
    "import { log } from '../../adapters/log/log.ts';\nimport { core } from '../core.ts';\nexport const lab: unknown = { log, core };\n",
  'agent/src/core/core.test.ts': "import { lab } from './testing/lab.ts';\nexport const tested = lab;\n",
  'agent/src/adapters/hid/hid.ts':
    "import { readFileSync } from 'node:fs';\nimport { devices } from 'node-hid';\nimport { core } from '../../core/core.ts';\nexport const hid = { readFileSync, devices, core };\n",
  'agent/src/adapters/log/log.ts': "import { createLogger } from 'winston';\nexport const log = createLogger;\n",
  // Without an import, so that a layer which reaches up to it doesn't get Node's types by the way.
  'agent/src/adapters/log/plain.ts': 'export const plain = 1;\n',
  'agent/src/app.ts':
    "import { hid } from './adapters/hid/hid.ts';\nimport { log } from './adapters/log/log.ts';\nexport const app: unknown = { hid, log };\n",
  'agent/src/cli/jabra-agent.ts': "import { app } from '../app.ts';\nexport const command: unknown = app;\n",

  'tray-ui/src/bridge/index.ts': 'export const bridge = 1;\n',
  'tray-ui/src/main/main.ts': "import { bridge } from '../bridge/index.ts';\nexport const main = bridge;\n",
  'tray-ui/src/preload/preload.ts': "import { bridge } from '../bridge/index.ts';\nexport const preload = bridge;\n",
  'tray-ui/src/renderer/page.tsx': "import { bridge } from '../bridge/index.ts';\nexport const Page = () => <p>{bridge}</p>;\n",
  'tray-ui/src/fake-main/fake.ts': "import { bridge } from '../bridge/index.ts';\nexport const fake = bridge;\n",

  'installer/checks/size.ts': "import { statSync } from 'node:fs';\nexport const size = (file: string) => statSync(file).size;\n",

  'test-rigs/lab/lab.ts':
    "import { virtual } from '@jpd/protocol/virtual';\nimport { app } from '@jpd/agent';\nexport const lab: unknown = { virtual, app };\n",
  'test-rigs/scenarios/adapter.test.ts':
    "import { log } from '../../agent/src/adapters/log/log.ts';\nimport { lab } from '../lab/lab.ts';\nexport const tested = { log, lab };\n",
};
