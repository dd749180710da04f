import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BundleParts, bundleFiles } from './bundle.ts';
import type { SensitiveValues } from './redact.ts';

const sensitive: SensitiveValues = {
  secrets: ['tok-sEcret/42+x'],
  userNames: ['anna'],
  computerNames: ['PC-17'],
  addresses: ['10.0.0.17', 'fe80::1234'],
};
const parts: BundleParts = { madeAt: Date.UTC(2026, 10, 22, 8), agentVersion: '1.2.3', documents: {}, logs: [], notes: [] };

describe('a bundle', () => {
  it('begins with a text that says what is inside, what was taken out, and what is missing', () => {
    const files = bundleFiles(
      {
        ...parts,
        documents: { configuration: [{ enrollmentToken: 'tok-sEcret/42+x' }], doctor: { checks: [] } },
        logs: [{ name: 'jabra-agent.log', text: '{"message":"from 10.0.0.17 by anna"}\n' }],
        notes: ['devices: PC-17 did not answer'],
      },
      sensitive,
    );
    expect([...files.keys()]).toEqual(['README.txt', 'configuration.json', 'doctor.json', 'logs/jabra-agent.log']);
    expect(files.get('README.txt')).toMatchInlineSnapshot(`
      "Diagnostics of jabra-agent 1.2.3, made at 2026-11-22T08:00:00.000Z.
      Look through it before you send it on.

      Inside:
        configuration.json    the settings in force and where each one comes from
        doctor.json           the checks of "jabra-agent doctor"
        logs/jabra-agent.log  a log of the agent, JSON lines

      Taken out, what stands in its place, and how often:
        [redacted]  tokens, passwords, private keys, signatures in addresses (1)
        [user]      names and ids of accounts, names of home folders, the name given to this client (1)
        [computer]  names of this computer (1)
        [ip]        IP addresses, but for loopback (1)
        [mail]      mail addresses (0)
        [place]     positions (0)

      Left out altogether:
        what this client logs in with: its secret or its key
        what was sent to the platform, which people at the PC see with "jabra-agent sent"

      Left in, since a reader needs it:
        serial numbers and ids of devices
        the organisation's and the client's id
        names of the platform, of proxies and of files

      Not complete:
        devices: [computer] did not answer
      "
    `);
  });

  it('knows the name of a home folder as a name everywhere', () => {
    const files = bundleFiles({ ...parts, documents: { a: { path: '/home/erik/x' } }, logs: [{ name: 'a.log', text: 'erik logged in' }] }, sensitive);
    expect(files.get('logs/a.log')).toBe('[user] logged in');
  });

  it('keeps two logs whose names become the same', () => {
    const logs = ['anna', 'ANNA'].map((name) => ({ name: `${name}.log`, text: name === 'anna' ? 'first' : 'second' }));
    const files = bundleFiles({ ...parts, logs }, sensitive);
    expect([...files.values()].slice(1)).toEqual(['first', 'second']);
  });

  it('holds nothing sensitive in any file, wherever it was planted', () => {
    const planted = fc.constantFrom(...sensitive.secrets, ...sensitive.userNames, ...sensitive.computerNames, ...sensitive.addresses);
    const shape = fc.constantFrom<(value: string) => string>(
      (value) => value,
      (value) => ` ${value} `,
      (value) => encodeURIComponent(value),
      (value) => JSON.stringify({ value }),
      (value) => Buffer.from(`x:${value}`).toString('base64'),
    );
    const where = fc.constantFrom('document', 'key', 'log', 'log line', 'name', 'note');
    fc.assert(
      fc.property(fc.array(fc.tuple(planted, shape, where), { minLength: 1, maxLength: 6 }), (plants) => {
        const at = (place: string): string => plants.map(([value, write, to]) => (to === place ? write(value) : '')).join(' ');
        const files = bundleFiles(
          {
            ...parts,
            documents: { state: { text: at('document'), [at('key')]: 1 } },
            logs: [{ name: `${at('name').replaceAll('/', '')}.log`, text: `${at('log')}\n${JSON.stringify({ message: at('log line') })}\n` }],
            notes: [at('note')],
          },
          sensitive,
        );
        const everything = [...files].flat().join('\n').toLowerCase();
        for (const value of [...sensitive.secrets, ...sensitive.addresses, 'pc-17']) {
          expect(everything).not.toContain(value.toLowerCase());
          expect(everything).not.toContain(encodeURIComponent(value).toLowerCase());
        }
        expect(everything).not.toMatch(/\banna\b/);
        expect([...files].flat().join('\n')).not.toContain(Buffer.from('x:tok-sEcret/42+x').toString('base64').slice(4, -4));
      }),
      { numRuns: 300 },
    );
  });
});
