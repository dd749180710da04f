/** Composes what looks at an installation from outside of the running agent. */
import { createPlatformProbe, createMqttLink } from '../adapters/mqtt/index.ts';
import { examineFolder } from '../adapters/files/index.ts';
import { reachVirtualBus } from '../adapters/hid/index.ts';
import { examineInstanceLock, examineState } from '../adapters/store/index.ts';
import { systemClock, systemEntropy } from '../adapters/system/index.ts';
import { type Loaded, linkOptions, openHid, openHost, openSecrets } from '../app.ts';
import type { Check } from '../core/diagnostics/check.ts';
import { examine } from '../core/diagnostics/doctor.ts';
import type { Log } from '../ports/index.ts';

export type { Check } from '../core/diagnostics/check.ts';

/** A configuration that can be used. */
export type Usable = Extract<Loaded, { readonly ok: true }>;

/** Looks at everything that the agent needs, and changes nothing: `jabra-agent doctor`. */
export async function examineInstallation({ configuration, operatorMappings, notes }: Usable, log: Log): Promise<readonly Check[]> {
  const { stateDir, hid: hidConfiguration, brokerUrl, tls } = configuration;
  const hid = openHid(hidConfiguration, log);
  const host = openHost();
  try {
    return await examine({
      settings: configuration,
      mappings: operatorMappings.length,
      notes,
      platform: process.platform,
      clock: systemClock,
      entropy: systemEntropy,
      log,
      host,
      secrets: await openSecrets(stateDir, host, () => undefined),
      hid,
      reachBus: hidConfiguration.driver === 'virtual' ? () => reachVirtualBus(hidConfiguration.socket) : null,
      link: createMqttLink(linkOptions(log)),
      probe: createPlatformProbe({ ...linkOptions(log), url: brokerUrl, tls }),
      folder: examineFolder,
      lock: () => examineInstanceLock(stateDir),
      state: () => examineState(stateDir),
    });
  } finally {
    await hid.close();
  }
}
