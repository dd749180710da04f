import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientSchema, deviceSchema } from '@jpd/agent/contract';
import { request } from 'undici';
import { z } from 'zod';
import type { DeviceRow } from './live-table.ts';

/** What `npm start` has to know of the platform that it started: the files that `jabra-platform serve` leaves in its data folder. */
const credentialsSchema = z.object({
  organizationId: z.string(),
  enrollmentToken: z.string(),
  operator: z.object({ userName: z.string(), password: z.string() }),
  adminToken: z.string(),
});
const endpointSchema = z.object({ mqttUrl: z.string(), httpUrl: z.string() });

const devicesSchema = z.object({ devices: z.array(z.object({ clientId: z.string(), document: deviceSchema })) });
const clientsSchema = z.object({ clients: z.array(z.object({ clientId: z.string(), document: clientSchema.nullable() })) });

type Device = z.infer<typeof deviceSchema>;

function settingsText({ settings }: Device): string {
  const locked = settings.locked.map((key) => `${key}=${String(settings.values[key])} locked`);
  return [settings.state, ...locked].join(', ');
}

function rowOf(document: Device, user: string): DeviceRow {
  const { battery, connection, firmware } = document;
  const level = battery === null ? '–' : battery.level === null ? 'unknown' : `${battery.level} %${battery.charging ? ' charging' : ''}`;
  return {
    deviceId: document.deviceId,
    name: document.model.name,
    serial: document.electronicSerialNumber ?? '–',
    firmware: firmware.version ?? 'unknown',
    battery: level,
    status: connection.status === 'connected' ? connection.transport : 'disconnected',
    user,
    settings: settingsText(document),
  };
}

/** The platform of `npm start`, seen as an administrator's program sees it. */
export class PlatformView {
  readonly organizationId: string;
  readonly enrollmentToken: string;
  readonly operator: { readonly userName: string; readonly password: string };
  readonly mqttUrl: string;
  readonly httpUrl: string;
  readonly #token: string;

  private constructor(credentials: z.infer<typeof credentialsSchema>, endpoint: z.infer<typeof endpointSchema>) {
    this.organizationId = credentials.organizationId;
    this.enrollmentToken = credentials.enrollmentToken;
    this.operator = credentials.operator;
    this.mqttUrl = endpoint.mqttUrl;
    this.httpUrl = endpoint.httpUrl;
    this.#token = credentials.adminToken;
  }

  static async open(dataFolder: string): Promise<PlatformView> {
    const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(dataFolder, file), 'utf8'));
    return new PlatformView(credentialsSchema.parse(await read('credentials.json')), endpointSchema.parse(await read('endpoint.json')));
  }

  /** Every device, with the person who uses it. */
  async rows(): Promise<readonly DeviceRow[]> {
    const [{ devices }, { clients }] = await Promise.all([this.#get('/devices', devicesSchema), this.#get('/clients', clientsSchema)]);
    const users = new Map(clients.map(({ clientId, document }) => [clientId, document?.metadata?.userName ?? '–']));
    return devices.map(({ clientId, document }) => rowOf(document, users.get(clientId) ?? '–'));
  }

  async #get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { statusCode, body } = await request(`${this.httpUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    const json: unknown = await body.json();
    if (statusCode !== 200) throw new Error(`the platform answered ${statusCode} to ${path}`);
    return schema.parse(json);
  }
}
