import { once } from 'node:events';

import { Command, Option } from 'commander';

import { StartError } from '../errors.ts';
import type { Platform, PlatformOptions } from '../platform.ts';
import { startPlatform } from '../platform.ts';
import type { CommandIo } from './io.ts';
import { CommandFailure, UsageError } from './io.ts';
import { wholeNumber } from './options.ts';

interface ServeOptions {
  readonly data: string;
  readonly mqttPort?: number;
  readonly httpPort?: number;
  readonly mqttsPort?: number;
  readonly credentials?: 'secret' | 'certificate';
  readonly credentialSeconds?: number;
  readonly brokerUrl?: string;
  readonly databaseUrl?: string;
  readonly organization?: string;
  readonly enrollmentToken?: string;
  readonly operatorPassword?: string;
}

function platformOptions(options: ServeOptions): PlatformOptions {
  const { data, organization, credentials, ...rest } = options;
  return { ...rest, dataFolder: data, organizationId: organization, credentialKind: credentials };
}

const wrongUse: ReadonlySet<StartError['code']> = new Set(['invalid-option', 'not-available', 'organization-mismatch', 'data-folder-unusable']);

/** Null where the process was asked to end in between: a first start takes longer than an end may. */
async function started(options: ServeOptions, io: CommandIo): Promise<Platform | null> {
  const ended = once(io.signal, 'abort').then(() => null);
  try {
    return await Promise.race([startPlatform(platformOptions(options), { log: (line) => io.error(line) }), ended]);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw wrongUse.has(error.code) ? new UsageError(error.message) : new CommandFailure(error.message, { cause: error });
  }
}

/** Shown in this one start: the database keeps hashes, and the file beside it is for its owner. */
function showCredentials({ organizationId, enrollmentToken, operator, adminToken }: Platform, folder: string, io: CommandIo): void {
  io.error(`organisation     ${organizationId}`);
  io.error(`enrolment token  ${enrollmentToken}`);
  io.error(`operator         ${operator.userName} ${operator.password}`);
  io.error(`admin token      ${adminToken}`);
  io.error(`They are kept in credentials.json of ${folder} and not shown again.`);
}

export function serveCommand(io: CommandIo): Command {
  const port = wholeNumber(0, 65_535);
  return new Command('serve')
    .description('run the platform until it is ended; prints "ready" with both addresses')
    .requiredOption('--data <folder>', 'where everything is kept; made where there is none')
    .option('--mqtt-port <port>', 'port of the embedded broker; 0 or none: one is chosen', port)
    .option('--http-port <port>', 'port of the HTTP API; 0 or none: one is chosen', port)
    .option('--mqtts-port <port>', 'also MQTT over TLS on this port (0: one is chosen), by the authority in ca.pem of the data folder', port)
    .addOption(new Option('--credentials <kind>', 'what clients get that ask for a credential').choices(['secret', 'certificate']))
    .option('--credential-seconds <seconds>', 'how long such a credential is good for (90 days)', wholeNumber(1, 315_576_000))
    .option('--broker-url <url>', 'another broker, with the credentials of its operator as user info')
    .option('--database-url <url>', 'PostgreSQL in place of the embedded database')
    .option('--organization <id>', 'the organisation of the first start (acme)')
    .option('--enrollment-token <token>', 'an enrolment token to accept, for scripts')
    .option('--operator-password <password>', "the operator's password, for scripts")
    .action(async (options: ServeOptions) => {
      const platform = await started(options, io);
      if (platform === null) return;
      try {
        if (platform.credentialsIssued) showCredentials(platform, options.data, io);
        io.out(`ready ${[platform.mqttUrl, platform.httpUrl, platform.mqttsUrl].filter((url) => url !== null).join(' ')}\n`);
        if (!io.signal.aborted) await once(io.signal, 'abort');
      } finally {
        await platform.stop();
      }
    });
}
