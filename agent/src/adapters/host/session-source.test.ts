import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linuxHost } from './linux.ts';
import { sessionSourceOf, watchFolder } from './session-source.ts';

type Files = Readonly<Record<string, string>>;

/** As systemd writes them; the session of the seat is a person's. */
const inUse: Files = {
  '/proc/self/sessionid': '3',
  '/run/systemd/sessions/3':
    '# This is private data. Do not parse.\nUID=1000\nUSER=anna\nACTIVE=1\nIS_DISPLAY=1\nSTATE=active\nREMOTE=0\nCLASS=user\nSEAT=seat0\n',
  '/run/systemd/seats/seat0': '# This is private data. Do not parse.\nIS_SEAT0=1\nCAN_MULTI_SESSION=1\nACTIVE=3\nACTIVE_UID=1000\nSESSIONS=3 c1\n',
  '/run/systemd/sessions/c1': 'ACTIVE=0\nSTATE=online\nCLASS=greeter\n',
};

const never = (): never => {
  throw new Error('nothing is run on Linux');
};

function linux(files: Files, environment: Readonly<Record<string, string>> = {}, userId: number | null = 1000) {
  const watched: string[] = [];
  const source = sessionSourceOf('linux', {
    readFile: async (path) => files[path] ?? null,
    run: never,
    environment,
    userId,
    watchFolder: (folder) => {
      watched.push(folder);
      return () => void watched.splice(watched.indexOf(folder), 1);
    },
  });
  return { source, watched };
}

describe('a login session on Linux', () => {
  it('is in use while it is in front, also when its screen is locked', async () => {
    expect(await linux(inUse).source.isActive()).toBe(true);
    const locked = { ...inUse, '/run/systemd/sessions/3': `${inUse['/run/systemd/sessions/3'] ?? ''}LOCKED_HINT=1\n` };
    expect(await linux(locked).source.isActive()).toBe(true);
  });

  it('is not in use when another one is in front, or while it ends', async () => {
    expect(await linux({ ...inUse, '/run/systemd/sessions/3': 'ACTIVE=0\nSTATE=online\n' }).source.isActive()).toBe(false);
    expect(await linux({ ...inUse, '/run/systemd/sessions/3': 'ACTIVE=1\nSTATE=closing\n' }).source.isActive()).toBe(false);
  });

  it('is the environment’s where the kernel knows none', async () => {
    const files = { '/proc/self/sessionid': '4294967295', '/run/systemd/sessions/c7': 'ACTIVE=0\nSTATE=online\n' };
    expect(await linux(files, { XDG_SESSION_ID: 'c7' }).source.isActive()).toBe(false);
  });

  it('goes by the person where a person’s service manager started the process', async () => {
    const files = { '/proc/self/sessionid': '4294967295' };
    expect(await linux({ ...files, '/run/systemd/users/1000': 'NAME=anna\nSTATE=online\nDISPLAY=3\n' }).source.isActive()).toBe(false);
    expect(await linux({ ...files, '/run/systemd/users/1000': 'NAME=anna\nSTATE=active\nDISPLAY=3\n' }).source.isActive()).toBe(true);
  });

  it('counts as used where nothing is known of sessions', async () => {
    expect(await linux({}).source.isActive()).toBe(true);
    expect(await linux({ '/proc/self/sessionid': '3' }, {}, null).source.isActive()).toBe(true);
  });

  it('is asked again when systemd writes its files', () => {
    const { source, watched } = linux(inUse);
    const end = source.onChange(() => undefined);
    expect(watched).toEqual(['/run/systemd/sessions', '/run/systemd/seats']);
    end();
    expect(watched).toEqual([]);
  });
});

describe('the name of a login session on Linux', () => {
  const nameOf = (files: Files) =>
    linuxHost({
      readFile: async (path) => files[path] ?? null,
      run: never,
      registry: { values: never },
      system: { hostName: never, release: never, userName: never, addresses: never },
      environment: {},
    });

  it('of a service is that of the person at the computer, and stays while nobody is', async () => {
    let files: Record<string, string> = { ...inUse, '/proc/self/sessionid': '4294967295' };
    const host = linuxHost({
      readFile: async (path) => files[path] ?? null,
      run: never,
      registry: { values: never },
      system: { hostName: never, release: never, userName: never, addresses: never },
      environment: {},
    });
    const anna = await host.loginSessionId();
    files = { ...files, '/run/systemd/seats/seat0': 'ACTIVE=c1\n' };
    expect(await host.loginSessionId()).toBe(anna);
    files = { ...files, '/run/systemd/seats/seat0': 'ACTIVE=8\n', '/run/systemd/sessions/8': 'CLASS=user\nUSER=bo\n' };
    const bo = await host.loginSessionId();
    expect(bo).not.toBe(anna);
    expect(await nameOf({ ...inUse, '/proc/self/sessionid': '8' }).loginSessionId()).toBe(bo);
  });

  it('of a process in a session does not follow the seat', async () => {
    const name = await nameOf(inUse).loginSessionId();
    expect(await nameOf({ ...inUse, '/run/systemd/seats/seat0': 'ACTIVE=8\n', '/run/systemd/sessions/8': 'CLASS=user\n' }).loginSessionId()).toBe(
      name,
    );
  });
});

/** As qwinsta prints it: own session first column `>`, words in the system's language. */
const printed = (own: string): string =>
  [
    ' SITZUNGSNAME      BENUTZERNAME             ID  STATUS  TYP         GERÄT ',
    ' services                                    0  Getr.                       ',
    own,
    '                   bo                        2  Getr.                       ',
    ' rdp-tcp                                 65536  Abhören                     ',
  ].join('\r\n');

describe('a login session on Windows', () => {
  function windows(output: string | null) {
    const asked: string[] = [];
    const source = sessionSourceOf('win32', {
      readFile: async () => null,
      run: async (program) => {
        asked.push(program);
        return output;
      },
      environment: { SystemRoot: 'D:\\Win' },
      userId: null,
      watchFolder: never,
    });
    return { source, asked };
  }

  it.each([
    ['>console           anna                      1  Aktiv                       ', true],
    ['>rdp-tcp#4         anna                      3  Active                      ', true],
    ['>                  anna                      1  Getr.                       ', false],
    ['>                  anna                      1  Disc                        ', false],
  ])('is told by the name of its station: %s', async (own, isActive) => {
    const { source, asked } = windows(printed(own));
    expect(await source.isActive()).toBe(isActive);
    expect(asked).toEqual(['D:\\Win\\System32\\qwinsta.exe']);
  });

  it('counts as used where the program is missing, or says something else', async () => {
    expect(await windows(null).source.isActive()).toBe(true);
    expect(await windows('No session exists for *').source.isActive()).toBe(true);
    expect(windows(null).source.onChange(() => undefined)()).toBeUndefined();
  });
});

describe('a folder that is watched', () => {
  it('tells of each file that is written, and of nothing where it is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jl-sessions-'));
    try {
      const told = new Promise<string>((resolve) => {
        const end = watchFolder(folder, () => {
          end();
          resolve('news');
        });
      });
      await writeFile(join(folder, '3'), 'ACTIVE=1\n');
      expect(await told).toBe('news');
      expect(watchFolder(join(folder, 'missing'), never)()).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
