import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram } from '../../../lab/find-program.ts';
import { RunningProgram } from '../../../lab/processes.ts';
import { eventually } from '../../../lab/waiting.ts';
import { shim } from './fwupdtool.ts';

const run = promisify(execFile);

/** On a busy machine it takes its time under emulation. */
const startMs = 120_000;

/** The daemon's own client certificate, which it signs reports with: it would make an RSA key for it, which takes half a minute under emulation. */
async function makeClientCertificate(): Promise<void> {
  const folder = '/var/lib/fwupd/pki';
  await mkdir(folder, { recursive: true });
  const files = ['-keyout', `${folder}/secret.key`, '-out', `${folder}/client.pem`];
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=lab', ...files]);
}

/** A device as the daemon shows it on the bus. */
interface BusDevice {
  readonly name: string;
  readonly version: string | null;
}

/** Reads what `dbus-send` prints of an `aa{sv}`; of what there is this is Jabra's. */
function devicesOnBus(text: string): readonly BusDevice[] {
  return text
    .split(/^ {6}array \[$/m)
    .slice(1)
    .flatMap((block) => {
      const value = (key: string): string | null => new RegExp(`string "${key}"\\s+variant\\s+string "(.*)"`).exec(block)?.[1] ?? null;
      const [name, version] = [value('Name'), value('Version')];
      return name !== null && value('Plugin')?.startsWith('jabra') === true ? [{ name, version }] : [];
    });
}

/** Fwupd as a desktop runs it: a service of a system bus that sees devices come and go. The guest has no other one. */
export class FwupdDaemon {
  readonly #bus: RunningProgram;
  readonly #daemon: RunningProgram;

  private constructor(bus: RunningProgram, daemon: RunningProgram) {
    this.#bus = bus;
    this.#daemon = daemon;
  }

  /** Starts the bus with the system's own policies, and the daemon, which takes packages that nobody signed. */
  static async start(): Promise<FwupdDaemon> {
    await mkdir('/run/dbus', { recursive: true });
    await mkdir('/etc/fwupd', { recursive: true });
    await writeFile('/etc/fwupd/fwupd.conf', '[fwupd]\nOnlyTrusted=false\n');
    await makeClientCertificate();
    const bus = RunningProgram.start(findProgram('dbus-daemon') ?? 'dbus-daemon', ['--system', '--nofork', '--nopidfile', '--print-address']);
    await bus.prints(/unix:/, startMs);
    const daemon = RunningProgram.start('/usr/libexec/fwupd/fwupd', [], { env: { ...shim, FWUPD_VERBOSE: 'FuMain' } });
    const started = new FwupdDaemon(bus, daemon);
    await eventually('the daemon is ready', () => /ready for requests/.test(daemon.out + daemon.err) || daemon.end !== null, startMs);
    assert.equal(daemon.end, null, started.said());
    return started;
  }

  /** Asks on the bus, as any user interface does: `fwupdmgr` needs twenty times as long to start as the daemon to answer. */
  async devices(): Promise<readonly BusDevice[]> {
    const words = ['--system', '--print-reply', '--dest=org.freedesktop.fwupd', '/', 'org.freedesktop.fwupd.GetDevices'];
    const { code, out, err } = await RunningProgram.start(findProgram('dbus-send') ?? 'dbus-send', words).ended;
    assert.equal(code, 0, `GetDevices ended with ${code}:\n${out}\n${err}\n${this.said()}`);
    return devicesOnBus(out);
  }

  /**
   * Installs a cabinet on whatever is plugged in that it is for; gives the exit code. It isn't 0 either where the device was updated but came back later than
   * fwupd wants it, see `local-install`.
   */
  async install(cabinet: string): Promise<number | null> {
    const words = ['local-install', cabinet, '--no-reboot-check', '--json'];
    return (await RunningProgram.start(findProgram('fwupdmgr') ?? 'fwupdmgr', words).ended).code;
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await this.#bus.stop();
  }

  /** The end of its log. */
  said(): string {
    return `${this.#daemon.out}\n${this.#daemon.err}`.slice(-6000);
  }
}
