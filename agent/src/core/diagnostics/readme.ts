import type { RedactionKind } from './redact.ts';
import { marks } from './redact.ts';

interface ReadmeFacts {
  readonly madeAt: string;
  readonly agentVersion: string;
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly taken: Readonly<Record<RedactionKind, number>>;
}

/** What each file is, by its name. */
const purposes: Readonly<Record<string, string>> = {
  'configuration.json': 'the settings in force and where each one comes from',
  'devices.json': 'device/1 documents: what is connected now, and what the agent knows',
  'doctor.json': 'the checks of "jabra-agent doctor"',
  'environment.json': 'variables that change how the agent connects',
  'hid.json': 'HID paths of the devices as the operating system lists them',
  'state.json': 'what the agent keeps over restarts: numbers and revisions only',
  'versions.json': 'versions of the agent, of what it runs on and of what it is built from',
};

const takenOut: Readonly<Record<RedactionKind, string>> = {
  secret: 'tokens, passwords, private keys, signatures in addresses',
  user: 'names and ids of accounts, names of home folders, the name given to this client',
  computer: 'names of this computer',
  ip: 'IP addresses, but for loopback',
  mail: 'mail addresses',
  place: 'positions',
};

const stays = ['serial numbers and ids of devices', "the organisation's and the client's id", 'names of the platform, of proxies and of files'];

function isKind(name: string): name is RedactionKind {
  return Object.hasOwn(takenOut, name);
}

const leftOut = [
  'what this client logs in with: its secret or its key',
  'what was sent to the platform, which people at the PC see with "jabra-agent sent"',
];

/** The text that tells a reader, before sending it on, what the bundle holds and what it doesn't. */
export function readme({ madeAt, agentVersion, files, notes, taken }: ReadmeFacts): string {
  const width = Math.max(...files.map((file) => file.length)) + 2;
  const inside = files.map((file) => `  ${file.padEnd(width)}${purposes[file] ?? 'a log of the agent, JSON lines'}`);
  const out = Object.keys(takenOut)
    .filter(isKind)
    .map((kind) => `  ${marks[kind].padEnd(12)}${takenOut[kind]} (${taken[kind]})`);
  return [
    `Diagnostics of jabra-agent ${agentVersion}, made at ${madeAt}.`,
    'Look through it before you send it on.',
    '',
    'Inside:',
    ...inside,
    '',
    'Taken out, what stands in its place, and how often:',
    ...out,
    '',
    'Left out altogether:',
    ...leftOut.map((line) => `  ${line}`),
    '',
    'Left in, since a reader needs it:',
    ...stays.map((line) => `  ${line}`),
    ...(notes.length === 0 ? [] : ['', 'Not complete:', ...notes.map((note) => `  ${note}`)]),
    '',
  ].join('\n');
}
