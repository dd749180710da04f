import type { SentEntry } from '../bridge/index.ts';
import { at } from './clock.ts';

const name = 'Jabra Evolve2 75';

/** What a morning sends. */
export const sentEntries: readonly SentEntry[] = [
  {
    id: 'm4',
    at: at.lastContact,
    groups: ['device'],
    subject: 'battery',
    device: name,
    fields: [
      { name: 'battery.level', value: '83' },
      { name: 'battery.charging', value: 'true' },
    ],
  },
  {
    id: 'm3',
    at: at.signInReceived,
    groups: ['device'],
    subject: 'device',
    device: name,
    fields: [
      { name: 'connection.transport', value: 'usb' },
      { name: 'firmware.version', value: '1.8.13' },
    ],
  },
  {
    id: 'm2',
    at: at.signInReceived,
    groups: ['app', 'computer'],
    subject: 'client',
    device: null,
    fields: [
      { name: 'computerName', value: 'VIE-PC-0417' },
      { name: 'osName', value: 'Windows 11 Enterprise' },
      { name: 'ipAddresses', value: '10.20.4.17' },
      { name: 'domain', value: 'corp.acme.example' },
      { name: 'serialNumber', value: '5CG1234XYZ' },
    ],
  },
  { id: 'm1', at: at.signInReceived - 60_000, groups: ['app'], subject: 'presence', device: null, fields: [{ name: 'state', value: 'online' }] },
  { id: 'm0', at: at.friday, groups: ['device'], subject: 'event', device: name, fields: [{ name: 'type', value: 'firmware.postponed' }] },
];
