import { Command, CommanderError } from 'commander';

import { messageOf } from '../errors.ts';
import { clientsCommand, revokeCommand } from './clients-command.ts';
import { commandCommand } from './command-command.ts';
import { devicesCommand } from './devices-command.ts';
import { eventsCommand } from './events-command.ts';
import type { CommandIo } from './io.ts';
import { CommandFailure, UsageError } from './io.ts';
import { policyCommand } from './policy-command.ts';
import { publishCommand } from './publish-command.ts';
import { serveCommand } from './serve-command.ts';

const name = 'jabra-platform';

function program(io: CommandIo, version: string): Command {
  const root = new Command(name).description('the reference platform: runs it, and works it by hand').version(version);
  const commands = [serveCommand, devicesCommand, clientsCommand, publishCommand, policyCommand, eventsCommand, commandCommand, revokeCommand].map(
    (make) => make(io),
  );
  const names = commands.map((command) => command.name()).join(', ');
  // Without this, commander answers a missing command with the whole help, and an unknown one as too many arguments.
  root.allowExcessArguments().action((_options: unknown, { args: [first] }: Command) => {
    throw new UsageError(first === undefined ? `name a command: ${names}` : `there is no command ${JSON.stringify(first)}; there are ${names}`);
  });
  for (const command of [root, ...commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.error(text.trimEnd()),
      outputError: (text, write) =>
        write(
          `${name}: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll(/\s*\n\s*/g, ' ')}`,
        ),
    });
  }
  for (const command of commands) root.addCommand(command.version(version));
  return root;
}

/**
 * Runs one command line.
 * @param argv without the program's name
 * @returns the exit code: 0 done, 1 it ran and found or hit a fault, 2 wrong use
 */
export async function runJabraPlatform(argv: readonly string[], io: CommandIo, version: string): Promise<0 | 1 | 2> {
  try {
    await program(io, version).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const problems = error instanceof UsageError ? error.problems : [messageOf(error)];
    for (const problem of problems) io.error(`${name}: ${problem}`);
    if (!(error instanceof UsageError) && !(error instanceof CommandFailure) && error instanceof Error) io.error(error.stack ?? '');
    return error instanceof UsageError ? 2 : 1;
  }
}
