import { type BodyOf, encode } from '../../contract/index.ts';
import { type MetadataGates, stripped } from './gates.ts';
import type { AgentKind, Outgoing } from './outgoing.ts';
import type { Scrubber } from './scrubber.ts';

interface Rules {
  readonly gates: MetadataGates;
  readonly scrubber: Scrubber;
}

/** Fields of events and results whose values are ids, names of products and words of closed sets. Any other text is looked through. */
const exact: ReadonlySet<string> = new Set(
  'cause code deviceId from key keys level loginSessionId name reason status step targetVersion topic transport type version'.split(' '),
);

const scrubbed = <T extends { readonly message: string }>(error: T, { scrubber }: Rules): T => ({ ...error, message: scrubber.text(error.message) });

type Clearances = { readonly [K in AgentKind]: (body: BodyOf<K>, rules: Rules) => BodyOf<K> };

/** What may leave of each kind. A kind that the contract adds doesn't compile before it stands here. */
const clearances: Clearances = {
  presence: (body) => body,
  client: (body, { gates }) => stripped(body, gates),
  devices: (body, rules) => ({
    ...body,
    settings: { ...body.settings, errors: body.settings.errors.map((error) => scrubbed(error, rules)) },
    firmware: scrubbedFirmware(body.firmware, rules),
  }),
  events: (body, rules) => scrubbedEvent(body, rules.scrubber),
  results: ({ error, data, ...body }, rules) => ({
    ...body,
    ...(error === undefined ? {} : { error: scrubbed(error, rules) }),
    ...(data === undefined ? {} : { data: rules.scrubber.json(data, exact) }),
  }),
};

function scrubbedFirmware(firmware: BodyOf<'devices'>['firmware'], rules: Rules): BodyOf<'devices'>['firmware'] {
  return firmware.error === null ? firmware : { ...firmware, error: scrubbed(firmware.error, rules) };
}

/** The event without what only a gated group may hold. The same event stays the same. */
export function scrubbedEvent<E extends Pick<BodyOf<'events'>, 'data'>>(event: E, scrubber: Scrubber): E {
  return { ...event, data: scrubber.json(event.data, exact) };
}

/** The payload of a message as it may leave under these rules. @throws ContractError payload-too-large */
export function clearedPayload(message: Outgoing, rules: Rules, sentAtMs: number): string {
  const cleared = <K extends AgentKind>(kind: K, body: BodyOf<K>): string => encode(kind, clearances[kind](body, rules), sentAtMs);
  switch (message.kind) {
    case 'presence':
      return message.body ? cleared('presence', message.body) : '';
    case 'client':
      return message.body ? cleared('client', message.body) : '';
    case 'devices':
      return message.body ? cleared('devices', message.body) : '';
    case 'events':
      return message.body ? cleared('events', message.body) : '';
    case 'results':
      return message.body ? cleared('results', message.body) : '';
  }
}
