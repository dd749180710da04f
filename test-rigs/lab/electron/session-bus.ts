import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.ts';
import { RunningProgram } from '../processes.ts';
import { requirement } from '../requirements.ts';

/** What a desktop's programs talk over. */
export const dbusDaemon = requirement('dbus-daemon', () => findProgram('dbus-daemon') !== undefined, 'apt-get install dbus');

/** Everyone may say everything, and nothing is started because somebody asked for it. */
const configuration = (folder: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** A message bus of a login session, for nobody but the test. */
export class SessionBus {
  readonly address: string;
  readonly #daemon: RunningProgram;

  private constructor(address: string, daemon: RunningProgram) {
    this.address = address;
    this.#daemon = daemon;
  }

  /** Its files lie in `folder`. */
  static async start(folder: string): Promise<SessionBus> {
    const program = findProgram('dbus-daemon');
    if (program === undefined) throw new Error('there is no dbus-daemon');
    const file = join(folder, 'bus.conf');
    writeFileSync(file, configuration(folder));
    const daemon = RunningProgram.start(program, [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address=1']);
    const [address] = await daemon.prints(/unix:\S+/);
    return new SessionBus(address, daemon);
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
  }
}
