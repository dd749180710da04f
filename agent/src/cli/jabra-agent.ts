import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '../app.ts';
import { isId } from '../contract/index.ts';
import { devices } from './devices.ts';
import { diagnostics } from './diagnostics.ts';
import { doctor } from './doctor.ts';
import { firmwareUpdate } from './firmware-update.ts';
import { exitCode, tell } from './output.ts';
import { run } from './run.ts';
import { sent } from './sent.ts';

interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

function deviceId(value: string): string {
  if (!isId(value)) throw new InvalidArgumentError('It is the id of a device, as `jabra-agent devices` lists it.');
  return value;
}

function loginSession(value: string): string {
  if (!isId(value)) throw new InvalidArgumentError('It must match [A-Za-z0-9_-]{1,64}.');
  return value;
}

/** Runs the program and gives its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCode.done;
  const program = new Command('jabra-agent')
    .description('Reports Jabra devices to the platform and keeps them as the administrator wants them.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(jabra-agent --help tells how it is used)')
    .configureOutput({ outputError: (text, write) => write(text) });
  const command = (name: string, description: string): Command => program.command(name).description(description).version(version);
  command('run', 'run the agent until SIGTERM or SIGINT')
    .requiredOption('--config <file>', 'configuration file')
    .option('--login-session <id>', 'name the login session instead of the system', loginSession)
    .action(async (options: CommonOptions & { readonly loginSession?: string }) => {
      code = await run({ config: options.config ?? null, loginSession: options.loginSession ?? null });
    });
  command('devices', 'list what is connected')
    .option('--config <file>', 'configuration file; without one, devices of this machine through node-hid')
    .option('--json', 'print one JSON document')
    .option('--watch', 'go on, and print again after each change')
    .action(async (options: CommonOptions & { readonly watch?: boolean }) => {
      code = await devices({ config: options.config ?? null, json: options.json ?? false, watch: options.watch ?? false });
    });
  command('doctor', 'check configuration, state, devices and the way to the platform, and say what to do')
    .requiredOption('--config <file>', 'configuration file; one that cannot be used is told on standard error, with exit code 2')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions) => {
      code = await doctor({ config: options.config ?? null, json: options.json ?? false });
    });
  command('diagnostics', 'collect logs, configuration, devices, state and versions for support, without secrets, user names and IP addresses')
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--out <file>', 'zip file to write')
    .option('--force', 'replace the file if it exists')
    .action(async (options: CommonOptions & { readonly out: string; readonly force?: boolean }) => {
      code = await diagnostics({ config: options.config ?? null, out: options.out, force: options.force ?? false });
    });
  command('sent', 'list what left this PC in the last 30 days, newest first')
    .requiredOption('--config <file>', 'configuration file')
    .option('--json', 'print one JSON document, with every text as it was sent')
    .action(async (options: CommonOptions) => {
      code = await sent({ config: options.config ?? null, json: options.json ?? false });
    });
  const firmware = command('firmware', 'firmware by hand');
  firmware
    .command('update')
    .description('update one device from a package; not while an agent runs on the same stateDir')
    .version(version)
    .requiredOption('--config <file>', 'configuration file')
    .requiredOption('--device <id>', 'id of the device, as `jabra-agent devices` lists it', deviceId)
    .requiredOption('--package <file>', "the vendor's package, a zip")
    .option('--allow-downgrade', 'install an older version too')
    .action(async (options: CommonOptions & { readonly device: string; readonly package: string; readonly allowDowngrade?: boolean }) => {
      const { config = null, allowDowngrade = false } = options;
      code = await firmwareUpdate({ config, device: options.device, package: options.package, allowDowngrade });
    });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.wrongUse;
    throw error;
  }
}

process.exitCode = await main(process.argv).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCode.fault;
});
