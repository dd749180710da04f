import { openLog } from '../app.ts';
import { collectDiagnostics, OutputError, type OutputErrorCode } from '../app/diagnostics.ts';
import { endSoon } from './end-soon.ts';
import { answer, exitCode, oneLine, tell } from './output.ts';
import { usableConfiguration, whileAlive } from './session.ts';

export interface DiagnosticsOptions {
  readonly config: string | null;
  readonly out: string;
  readonly force: boolean;
}

/** Whether the person named a file that can't be meant, or the computer failed. */
const codes: Readonly<Record<OutputErrorCode, number>> = {
  exists: exitCode.wrongUse,
  'not-a-file': exitCode.wrongUse,
  'no-folder': exitCode.wrongUse,
  'not-written': exitCode.fault,
};

/** `jabra-agent diagnostics`: a bundle for support; prints its path. Gives the exit code. An existing file is replaced only when told to. */
export async function diagnostics({ config, out, force }: DiagnosticsOptions): Promise<number> {
  const loaded = await usableConfiguration(config);
  if (!loaded) return exitCode.wrongUse;
  const { enrollmentToken } = loaded.configuration;
  const log = openLog({ folder: null, level: 'error', secrets: enrollmentToken === null ? [] : [enrollmentToken] });
  try {
    const { path } = await whileAlive(() => collectDiagnostics(loaded, { out, replace: force }, log));
    answer(path);
    return endSoon(exitCode.done);
  } catch (error) {
    tell(oneLine(error));
    return endSoon(error instanceof OutputError ? codes[error.code] : exitCode.fault);
  }
}
