import { startAgent } from '../app.ts';
import { diagnosticsZip } from '../app/diagnostics.ts';
import { exitCode, oneLine, tell } from './output.ts';
import { asksToEnd, usableConfiguration, whileAlive } from './session.ts';

/** The contract gives the agent 5 s to end; a device or broker that hangs doesn't get more. */
const endMs = 4800;

/** `jabra-agent run`: works until it is told to end. Gives the exit code. */
export async function run(options: { readonly config: string | null; readonly loginSession: string | null }): Promise<number> {
  const loaded = await usableConfiguration(options.config);
  if (!loaded) return exitCode.wrongUse;
  const whenEnded = asksToEnd();
  try {
    return await whileAlive(async () => {
      const start = await startAgent({
        ...loaded,
        loginSession: options.loginSession,
        diagnostics: (devices, log) => diagnosticsZip(loaded, { devices, moreLogs: null }, log),
      });
      if (!start.ok) {
        const holder = start.heldBy ? ` (process ${start.heldBy.pid})` : '';
        tell(`another jabra-agent${holder} already works on ${loaded.configuration.stateDir}: end it first, or give this one a stateDir of its own`);
        return exitCode.fault;
      }
      await whenEnded;
      setTimeout(() => {
        tell('ended before everything was told to the platform');
        process.exit(exitCode.done);
      }, endMs).unref();
      await start.running.stop();
      return exitCode.done;
    });
  } catch (error) {
    tell(oneLine(error));
    return exitCode.fault;
  }
}
