import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Message, type MessageBus, sessionBus, Variant } from '@jellybrick/dbus-next';
import { z } from 'zod';
import { findProgram } from '../find-program.ts';
import { Observed } from '../waiting.ts';

const watcherName = 'org.kde.StatusNotifierWatcher';
const notificationsName = 'org.freedesktop.Notifications';
const notificationsPath = '/org/freedesktop/Notifications';

/** Arguments of Notify. */
const notifySchema = z.tuple([
  z.string(),
  z.number(),
  z.string(),
  z.string(),
  z.string(),
  z.array(z.string()),
  z.record(z.string(), z.instanceof(Variant)),
  z.number(),
]);

/** Of a menu: its id, its properties, and its entries with theirs. */
const layoutSchema = z.tuple([
  z.number(),
  z.unknown(),
  z.array(z.object({ value: z.tuple([z.number(), z.record(z.string(), z.instanceof(Variant)), z.unknown()]) })),
]);

/** A notification as a desktop gets it (Desktop Notifications Specification 1.2). */
export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly actions: readonly string[];
  readonly isSilent: boolean;
}

/** The bus of a desktop with its notification area and its notifications, as far as an application sees them. */
export class DesktopBus {
  /** What DBUS_SESSION_BUS_ADDRESS is set to. */
  readonly address: string;
  readonly #daemon: ChildProcess;
  readonly #bus: MessageBus;
  readonly #observed = new Observed();
  readonly #items: string[] = [];
  readonly #notifications: ShownNotification[] = [];
  #lastId = 0;

  private constructor(address: string, daemon: ChildProcess, bus: MessageBus) {
    this.address = address;
    this.#daemon = daemon;
    this.#bus = bus;
  }

  /** `hasArea`: whether the desktop has a notification area; some have none. */
  static async start({ hasArea = true }: { readonly hasArea?: boolean } = {}): Promise<DesktopBus> {
    const program = findProgram('dbus-daemon');
    if (program === undefined) throw new Error('there is no dbus-daemon: apt-get install dbus');
    const daemon = spawn(program, ['--session', '--nofork', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [address] = z.tuple([z.string()]).parse(await once(createInterface({ input: daemon.stdout }), 'line'));
    const bus = sessionBus({ busAddress: address });
    const desktop = new DesktopBus(address, daemon, bus);
    await desktop.#serve(hasArea);
    return desktop;
  }

  /** The icon of the application in the notification area, as soon as there is one. */
  item(): Promise<StatusItem> {
    return this.#observed
      .until('an icon is in the notification area', () => this.#items.at(-1))
      .then((service) => new StatusItem(this.#bus, service));
  }

  /** Every notification so far. */
  get notifications(): readonly ShownNotification[] {
    return this.#notifications;
  }

  notification(title: RegExp): Promise<ShownNotification> {
    return this.#observed.until(`a notification says ${String(title)}`, () => this.#notifications.find((one) => title.test(one.title)), {
      seen: () => JSON.stringify(this.#notifications),
    });
  }

  /** As a person presses a notification, or a button of it. */
  press(id: number, action = 'default'): void {
    this.#bus.send(Message.newSignal(notificationsPath, notificationsName, 'ActionInvoked', 'us', [id, action]));
  }

  async stop(): Promise<void> {
    this.#bus.disconnect();
    const ended = once(this.#daemon, 'exit');
    this.#daemon.kill('SIGTERM');
    await ended;
  }

  async #serve(hasArea: boolean): Promise<void> {
    this.#bus.addMethodHandler((message: Message) => {
      const answer = this.#answer(message);
      if (!answer) return false;
      this.#bus.send(Message.newMethodReturn(message, ...answer));
      return true;
    });
    if (hasArea) await this.#bus.requestName(watcherName, 0);
    await this.#bus.requestName(notificationsName, 0);
  }

  /** Signature and body of the answer to a call; null to what this desktop does not know. */
  #answer({ interface: name, member, body }: Message): [signature: string, body: unknown[]] | null {
    switch (`${name}.${member}`) {
      case 'org.freedesktop.DBus.Properties.Get':
        return body[0] === watcherName ? watcherProperty(body[1]) : null;
      case `${watcherName}.RegisterStatusNotifierItem`:
        this.#items.push(String(body[0]));
        this.#observed.changed();
        return ['', []];
      case `${notificationsName}.GetCapabilities`:
        return ['as', [['actions', 'body']]];
      case `${notificationsName}.GetServerInformation`:
        return ['ssss', ['desktop of the lab', 'nobody', '1', '1.2']];
      case `${notificationsName}.CloseNotification`:
        return ['', []];
      case `${notificationsName}.Notify`:
        return ['u', [this.#notify(body)]];
      default:
        return null;
    }
  }

  #notify(body: readonly unknown[]): number {
    const [, , , title, text, actions, hints] = notifySchema.parse(body);
    this.#lastId += 1;
    this.#notifications.push({ id: this.#lastId, title, body: text, actions, isSilent: !('sound-name' in hints) && !('sound-file' in hints) });
    this.#observed.changed();
    return this.#lastId;
  }
}

const watcherProperty = (name: unknown): [string, unknown[]] | null =>
  name === 'IsStatusNotifierHostRegistered' ? ['v', [new Variant('b', true)]] : null;

/** Entry of a menu over com.canonical.dbusmenu. */
export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly isSeparator: boolean;
}

/** An icon by org.kde.StatusNotifierItem, and its menu. */
export class StatusItem {
  readonly #bus: MessageBus;
  readonly #service: string;

  constructor(bus: MessageBus, service: string) {
    this.#bus = bus;
    this.#service = service;
  }

  async property(name: string): Promise<unknown> {
    const [value] = await this.#call('/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'Get', 'ss', ['org.kde.StatusNotifierItem', name]);
    return value instanceof Variant ? value.value : value;
  }

  /** As a click on it. */
  async activate(): Promise<void> {
    await this.#call('/StatusNotifierItem', 'org.kde.StatusNotifierItem', 'Activate', 'ii', [0, 0]);
  }

  async menu(): Promise<MenuEntry[]> {
    const path = String(await this.property('Menu'));
    const [, layout] = await this.#call(path, 'com.canonical.dbusmenu', 'GetLayout', 'iias', [0, -1, []]);
    const [, , children] = layoutSchema.parse(layout);
    return children.map(({ value: [id, properties] }) => ({
      id,
      label: z.string().parse(properties['label']?.value ?? ''),
      isSeparator: properties['type']?.value === 'separator',
    }));
  }

  /** As a click on an entry. */
  async choose(label: string): Promise<void> {
    const entry = (await this.menu()).find((one) => one.label === label);
    if (!entry) throw new Error(`the menu has no ${label}`);
    const path = String(await this.property('Menu'));
    await this.#call(path, 'com.canonical.dbusmenu', 'Event', 'isvu', [entry.id, 'clicked', new Variant('s', ''), 0]);
  }

  async #call(path: string, interfaceName: string, member: string, signature: string, body: unknown[]): Promise<unknown[]> {
    const reply = await this.#bus.call(new Message({ destination: this.#service, path, interface: interfaceName, member, signature, body }));
    return reply?.body ?? [];
  }
}
