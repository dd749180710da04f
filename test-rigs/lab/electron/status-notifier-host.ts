import { Message, type MessageBus, MessageFlag, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';
import { z } from 'zod';
import { eventually } from '../waiting.ts';

const watcherName = 'org.kde.StatusNotifierWatcher';
const watcherPath = '/StatusNotifierWatcher';
const itemInterface = 'org.kde.StatusNotifierItem';
const itemPath = '/StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';
const properties = 'org.freedesktop.DBus.Properties';

const valueOf = (value: unknown): unknown => (value instanceof Variant ? value.value : value);
const fieldsSchema = z.record(z.string(), z.unknown().transform(valueOf));
const pixmapsSchema = z.array(z.tuple([z.number(), z.number(), z.instanceof(Uint8Array)]));
const nodeSchema = z.tuple([z.number(), fieldsSchema, z.array(z.unknown().transform(valueOf))]);

/** What a desktop shows of an application in its panel. */
export interface NotifierItem {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly tooltip: string;
  /** Each a picture of width times height pixels of four bytes. */
  readonly icons: readonly { readonly width: number; readonly height: number; readonly pixels: Uint8Array }[];
  readonly menu: string;
}

export interface MenuEntry {
  readonly id: number;
  /** Null for a separator. */
  readonly label: string | null;
  readonly isEnabled: boolean;
}

/** The part of a desktop's panel that shows status icons: the watcher that applications tell of theirs, and the host that shows them. */
export class StatusNotifierHost {
  readonly #bus: MessageBus;
  #service: string | null = null;

  private constructor(bus: MessageBus) {
    this.#bus = bus;
  }

  static async start(address: string): Promise<StatusNotifierHost> {
    const bus = sessionBus({ busAddress: address });
    const host = new StatusNotifierHost(bus);
    bus.addMethodHandler((message) => host.#answer(message));
    await bus.requestName(watcherName, 0);
    return host;
  }

  /** The bus name of the application that told of its icon. */
  service(): Promise<string> {
    return eventually('an icon was registered', () => this.#service);
  }

  async item(): Promise<NotifierItem> {
    const found = fieldsSchema.parse(await this.#ask(itemPath, properties, 'GetAll', 's', [itemInterface]));
    const tooltip = z.tuple([z.unknown(), z.unknown(), z.string(), z.string()]).parse(found['ToolTip']);
    const text = z.object({ Id: z.string(), Title: z.string(), Status: z.string(), Menu: z.string() }).parse(found);
    const icons = pixmapsSchema.parse(found['IconPixmap'] ?? []).map(([width, height, pixels]) => ({ width, height, pixels }));
    return { id: text.Id, title: text.Title, status: text.Status, tooltip: tooltip[2], icons, menu: text.Menu };
  }

  async menu(): Promise<readonly MenuEntry[]> {
    const { menu } = await this.item();
    const layout = z.tuple([z.number(), nodeSchema]).parse(await this.#askAll(menu, menuInterface, 'GetLayout', 'iias', [0, -1, []]));
    return layout[1][2].map((child) => {
      const [id, fields] = nodeSchema.parse(child);
      const { label, type, enabled } = z
        .object({ label: z.string().optional(), type: z.string().optional(), enabled: z.boolean().optional() })
        .parse(fields);
      // "_" stands before the letter of a shortcut, twice for itself.
      return { id, label: type === 'separator' ? null : (label ?? '').replaceAll(/_(.)/g, '$1'), isEnabled: enabled ?? true };
    });
  }

  /** As a person clicks on an entry. */
  async choose(label: string): Promise<void> {
    const entry = (await this.menu()).find((one) => one.label === label);
    if (!entry) throw new Error(`the menu has no ${label}`);
    const { menu } = await this.item();
    const body = [entry.id, 'clicked', new Variant('s', ''), 0];
    const event = { destination: await this.service(), path: menu, interface: menuInterface, member: 'Event', signature: 'isvu', body };
    // Who ends because of it may answer or not.
    this.#bus.send(new Message({ ...event, flags: MessageFlag.NO_REPLY_EXPECTED }));
  }

  /** As a person clicks on the icon. */
  async activate(): Promise<void> {
    await this.#askAll(itemPath, itemInterface, 'Activate', 'ii', [0, 0]);
  }

  stop(): void {
    this.#bus.disconnect();
  }

  async #ask(path: string, on: string, member: string, signature: string, body: unknown[]): Promise<unknown> {
    return (await this.#askAll(path, on, member, signature, body))[0];
  }

  async #askAll(path: string, on: string, member: string, signature: string, body: unknown[]): Promise<unknown[]> {
    const reply = await this.#bus.call(new Message({ destination: await this.service(), path, interface: on, member, signature, body }));
    return reply?.body ?? [];
  }

  #answer(message: Message): boolean {
    if (message.path !== watcherPath || message.type !== MessageType.METHOD_CALL) return false;
    if (message.interface === properties && message.member === 'Get') {
      const value = message.body[1] === 'IsStatusNotifierHostRegistered' ? new Variant('b', true) : new Variant('i', 0);
      this.#bus.send(Message.newMethodReturn(message, 'v', [value]));
      return true;
    }
    if (message.member !== 'RegisterStatusNotifierItem') return false;
    this.#service = z.string().parse(message.body[0]);
    this.#bus.send(Message.newMethodReturn(message));
    return true;
  }
}
