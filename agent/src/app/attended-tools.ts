import { systemClock } from '../adapters/system/index.ts';
import { type Loaded, openLog } from '../app.ts';
import type { Agent } from '../core/agent.ts';
import { pcChecks } from '../core/diagnostics/pc-check.ts';
import type { LocalCheck } from '../local/index.ts';
import type { Log } from '../ports/index.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { examineInstallation, type Usable } from './doctor.ts';

/** What a user interface may have done besides what the agent's core does. */
export interface AttendedTools {
  check(): Promise<LocalCheck>;
  /** Rejects where the file can't be written. */
  saveDiagnostics(path: string): Promise<void>;
}

/** Looks at the installation that the running agent works on. `moreLogs`: a folder with logs of the user interface, null where it has none. */
export function attendedTools(usable: Usable, agent: Agent, log: Log, moreLogs: string | null): AttendedTools {
  return {
    check: async () => {
      const checks = await examineInstallation(usable, log);
      const { status, organizationName, organizationId } = agent.overview();
      return { at: systemClock.now(), checks: [...pcChecks(checks, status, organizationName ?? organizationId)] };
    },
    saveDiagnostics: (path) => writeDiagnostics(usable, path, { devices: () => agent.documents(), moreLogs }, log),
  };
}

/**
 * What can be done while no agent works in this process: another session's does, or none can. The devices are left alone. `loaded` may be a configuration that
 * can't be used.
 */
export function toolsWithoutAgent(loaded: Loaded, moreLogs: string | null): Pick<AttendedTools, 'saveDiagnostics'> {
  return {
    saveDiagnostics: (path) => {
      const token = loaded.ok ? loaded.configuration.enrollmentToken : null;
      const log = openLog({ folder: null, level: 'error', secrets: token === null ? [] : [token] });
      return writeDiagnostics(loaded, path, { devices: 'leave', moreLogs }, log);
    },
  };
}
