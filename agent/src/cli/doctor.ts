import { openLog } from '../app.ts';
import { type Check, examineInstallation } from '../app/doctor.ts';
import { endSoon } from './end-soon.ts';
import { answer, exitCode, oneLine, printable, tell } from './output.ts';
import { usableConfiguration, whileAlive } from './session.ts';

/** One line each: how it is, what was looked at, what was found and what to do. */
function lines(checks: readonly Check[]): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(
      ({ name, status, message, remedy }) =>
        `${status.padEnd(7)}  ${name.padEnd(nameWidth)}  ${message}${remedy === undefined ? '' : ` → ${remedy}`}`,
    )
    .join('\n');
}

/**
 * `jabra-agent doctor`: looks at everything that the agent needs. Gives the exit code: 1 if a check failed. A configuration that cannot be used is
 * told as every command tells it, on standard error with exit code 2; the checks need one.
 */
export async function doctor({ config, json }: { readonly config: string | null; readonly json: boolean }): Promise<number> {
  const loaded = await usableConfiguration(config);
  if (!loaded) return exitCode.wrongUse;
  const { enrollmentToken } = loaded.configuration;
  const log = openLog({ folder: null, level: 'error', secrets: enrollmentToken === null ? [] : [enrollmentToken] });
  try {
    return await whileAlive(async () => {
      const checks = await examineInstallation(loaded, log);
      answer(json ? JSON.stringify({ checks }) : printable(lines(checks)));
      return endSoon(checks.some(({ status }) => status === 'failed') ? exitCode.fault : exitCode.done);
    });
  } catch (error) {
    tell(oneLine(error));
    return endSoon(exitCode.fault);
  }
}
