import type { VirtualErrorCode } from '../errors.ts';
import {
  isBoolean,
  isHex,
  isInteger,
  isNothing,
  isRecord,
  isScalar,
  isText,
  listOf,
  mapOf,
  nullable,
  object,
  oneOf,
  type Shape,
  type ShapeOf,
} from './shape.ts';

/**
 * How a bus is offered to other processes: lines of UTF-8 JSON over a stream, each a request, its response or an event. Reports are hexadecimal digits.
 *
 * `{"id":1,"request":"hid.list","parameters":{…}}` is answered by `{"id":1,"result":…}` or `{"id":1,"error":{"code","message"}}`; the bus sends
 * `{"event":"report","data":{…}}` unasked. Paths, serials and keys are as in `HidPort` and `BusControl`.
 */
const pathInfo = object({
  path: isText,
  bus: oneOf('usb', 'bluetooth', 'virtual'),
  vendorId: isInteger,
  productId: isInteger,
  product: nullable(isText),
  serial: nullable(isText),
  physicalPort: isText,
  usagePage: nullable(isInteger),
  usage: nullable(isInteger),
});

const listedDevice = object({
  serial: isText,
  model: isText,
  version: isText,
  plugged: isBoolean,
  battery: nullable(isInteger),
  writes: isInteger,
  reboots: isInteger,
  identified: isInteger,
  settings: mapOf(isScalar),
});

const listedHeadset = object({
  serial: isText,
  model: isText,
  address: isText,
  inRange: isBoolean,
  discoverable: isBoolean,
  paired: isBoolean,
  connected: isBoolean,
});

const device = { device: isText };

/** Requests: what they carry and what answers them. */
export const busRequests = {
  'hid.list': { parameters: object({ vendorId: isInteger }), result: listOf(pathInfo) },
  'hid.open': { parameters: object({ path: isText }), result: object({ channel: isInteger, descriptor: nullable(isHex) }) },
  'hid.write': { parameters: object({ channel: isInteger, report: isHex }), result: isNothing },
  'hid.close': { parameters: object({ channel: isInteger }), result: isNothing },
  plug: { parameters: object(device), result: object({ serial: isText }) },
  unplug: { parameters: object(device), result: isNothing },
  air: { parameters: object({ ...device, headset: isText, discoverable: isBoolean }), result: object({ serial: isText }) },
  radio: { parameters: object(device), result: listOf(listedHeadset) },
  list: { parameters: object({}), result: listOf(listedDevice) },
  get: { parameters: object({ ...device, setting: isText }), result: object({ value: nullable(isScalar) }) },
  set: { parameters: object({ ...device, setting: isText, value: isScalar }), result: isNothing },
  press: { parameters: object({ ...device, button: isText }), result: isNothing },
  battery: { parameters: object({ ...device, level: isInteger, charging: isBoolean }), result: isNothing },
  fault: { parameters: object({ ...device, kind: isText, count: isInteger }), result: isNothing },
} as const satisfies Readonly<Record<string, { readonly parameters: Shape<unknown>; readonly result: Shape<unknown> }>>;

export type BusRequestName = keyof typeof busRequests;
export type BusParameters<N extends BusRequestName> = ShapeOf<(typeof busRequests)[N]['parameters']>;
export type BusResult<N extends BusRequestName> = ShapeOf<(typeof busRequests)[N]['result']>;

/** Events of the bus. */
export const busEvents = {
  /** An input report came on an open channel. */
  report: object({ channel: isInteger, report: isHex }),
  /** An open channel ended, because its device did. */
  closed: object({ channel: isInteger, reason: isText }),
  /** `hid.list` is worth asking. */
  changed: object({}),
} as const;

export type BusEventName = keyof typeof busEvents;

/** A request as it arrives: which one it is and whether its parameters fit. */
export interface BusRequest {
  readonly id: number;
  readonly name: string;
  readonly parameters: unknown;
}

export type BusMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: VirtualErrorCode; readonly message: string }
  | { [N in BusEventName]: { readonly kind: 'event'; readonly name: N; readonly data: ShapeOf<(typeof busEvents)[N]> } }[BusEventName];

const errorCodes: readonly VirtualErrorCode[] = [
  'unknown-model',
  'unknown-device',
  'unknown-setting',
  'unknown-button',
  'unknown-fault',
  'invalid',
  'not-supported',
  'unplugged',
  'duplicate',
  'gone',
  'protocol',
];

export const isBusRequestName = (name: string): name is BusRequestName => Object.hasOwn(busRequests, name);

export const encodeRequest = <N extends BusRequestName>(id: number, name: N, parameters: BusParameters<N>): string =>
  `${JSON.stringify({ id, request: name, parameters })}\n`;
export const encodeResult = (id: number, result: unknown): string => `${JSON.stringify({ id, result })}\n`;
export const encodeError = (id: number, code: VirtualErrorCode, message: string): string => `${JSON.stringify({ id, error: { code, message } })}\n`;
export const encodeEvent = <N extends BusEventName>(event: N, data: ShapeOf<(typeof busEvents)[N]>): string => `${JSON.stringify({ event, data })}\n`;

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The request in a line, null where there is none. Never throws. */
export function parseRequest(line: string): BusRequest | null {
  const value = parseJson(line);
  if (!isRecord(value) || !isInteger(value['id']) || !isText(value['request'])) return null;
  return { id: value['id'], name: value['request'], parameters: value['parameters'] };
}

/** The response or event in a line, null where there is none. Never throws. */
export function parseMessage(line: string): BusMessage | null {
  const value = parseJson(line);
  if (!isRecord(value)) return null;
  const { id, error, event, data } = value;
  if (isInteger(id) && isRecord(error)) {
    const code = errorCodes.find((one) => one === error['code']) ?? 'protocol';
    return { kind: 'error', id, code, message: isText(error['message']) ? error['message'] : 'the bus gave no reason' };
  }
  if (isInteger(id) && Object.hasOwn(value, 'result')) return { kind: 'result', id, result: value['result'] };
  if (event === 'report' && busEvents.report(data)) return { kind: 'event', name: event, data };
  if (event === 'closed' && busEvents.closed(data)) return { kind: 'event', name: event, data };
  if (event === 'changed' && busEvents.changed(data)) return { kind: 'event', name: event, data };
  return null;
}
