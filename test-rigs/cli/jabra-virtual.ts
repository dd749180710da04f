import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { faultKinds, virtualButtons, VirtualError, type VirtualErrorCode } from '@jpd/protocol/virtual';
import { UhidError } from '../uhid/errors.ts';
import { parseListenAddress } from '../usbip/listen-address.ts';
import { onBus, parseValue, printList, printRadio, printSetting } from '../virtual/control.ts';
import { BusError } from '../virtual/errors.ts';
import type { Address } from '../virtual/listen.ts';
import { printModels } from '../virtual/models.ts';
import { answer, exitCode, tell } from '../virtual/output.ts';
import { serveOverUhid, serveOverUsbip } from '../virtual/serve-usb.ts';
import { makeDevices, serve } from '../virtual/serve.ts';

/** Of the workspace; a test holds it against package.json. */
const version = '0.1.0';

/** What the person typed wrong; everything else is a fault. */
const wrongUse: ReadonlySet<VirtualErrorCode> = new Set([
  'unknown-model',
  'duplicate',
  'unknown-setting',
  'unknown-button',
  'unknown-fault',
  'invalid',
]);

interface OnDevice {
  readonly socket: string;
  readonly device: string;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const integer =
  (lowest: number, highest: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < lowest || value > highest)
      throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}.`);
    return value;
  };

function settingValue(text: string): boolean | number | string {
  const value = parseValue(text);
  if (value === null) throw new InvalidArgumentError('It must be a boolean, a number or text.');
  return value;
}

function listenAddress(text: string): Address {
  const address = parseListenAddress(text);
  if (!address) throw new InvalidArgumentError('It must be HOST:PORT or unix:PATH.');
  return address;
}

function createProgram(): Command {
  const program = new Command('jabra-virtual')
    .description('Virtual Jabra devices, for whatever speaks HID.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(jabra-virtual --help tells how it is used)');
  const command = (name: string, description: string): Command => program.command(name).description(description).version(version);
  const onSocket = (name: string, description: string): Command =>
    command(name, description).requiredOption('--socket <path>', 'socket of the virtual bus');
  const onDevice = (name: string, description: string): Command =>
    onSocket(name, description).requiredOption('--device <serial>', 'serial of the device; a headset behind a dongle has its own');

  command('models', 'list the device families that can be made')
    .option('--json', 'print one JSON document')
    .action(({ json }: { readonly json?: boolean }) => {
      printModels(json ?? false);
    });
  command('serve', 'serve a virtual HID bus until SIGTERM or SIGINT')
    .requiredOption('--socket <path>', 'Unix socket, or named pipe on Windows')
    .option('--device <model[:serial]>', 'a device that is plugged in; a dongle takes its headset after a plus sign', collect, [])
    .action(({ socket, device }: { readonly socket: string; readonly device: readonly string[] }) => serve(socket, makeDevices(device)));
  const devices = (name: string, description: string): Command =>
    command(name, description)
      .requiredOption('--device <model[:serial]>', 'a device that is plugged in; a dongle takes its headset after a plus sign', collect)
      .option('--socket <path>', 'socket on which the control commands reach these devices');
  devices('uhid', 'show virtual devices to this Linux kernel through /dev/uhid until SIGTERM or SIGINT').action(
    ({ device, socket }: { readonly device: readonly string[]; readonly socket?: string }) => serveOverUhid(makeDevices(device), socket ?? null),
  );
  devices('usbip', 'export virtual devices over USB/IP until SIGTERM or SIGINT; bus ids are 1-1, 1-2, … in the order given')
    .requiredOption('--listen <host:port>', 'where hosts attach; unix:PATH for a Unix socket', listenAddress)
    .action(({ listen, device, socket }: { readonly listen: Address; readonly device: readonly string[]; readonly socket?: string }) =>
      serveOverUsbip(listen, makeDevices(device), socket ?? null),
    );
  onDevice('plug', 'plug in a device that the bus knows, or a new one by MODEL[:SERIAL]').action(({ socket, device }: OnDevice) =>
    onBus(socket, async (client) => {
      const { serial } = await client.request('plug', { device });
      if (serial !== device) answer(serial);
    }),
  );
  onDevice('unplug', 'pull a device out').action(({ socket, device }: OnDevice) => onBus(socket, (client) => client.request('unplug', { device })));
  const onDongle = (name: string, description: string): Command =>
    onSocket(name, description).requiredOption('--device <serial>', 'serial of the dongle');
  onDongle('air', 'put a headset in range of a dongle, switched on and in pairing mode; unplug takes it away, plug brings it back')
    .requiredOption('--headset <model[:serial]>', 'a new headset, or by its serial one that some dongle of the bus knows')
    .option('--hidden', 'it is not in pairing mode: no search finds it', false)
    .action(({ socket, device, headset, hidden }: OnDevice & { readonly headset: string; readonly hidden: boolean }) =>
      onBus(socket, async (client) => {
        const { serial } = await client.request('air', { device, headset, discoverable: !hidden });
        if (serial !== headset) answer(serial);
      }),
    );
  onDongle('radio', 'list the headsets that a dongle ever had in range')
    .option('--json', 'print one JSON document')
    .action(({ socket, device, json }: OnDevice & { readonly json?: boolean }) =>
      onBus(socket, (client) => printRadio(client, device, json ?? false)),
    );
  onSocket('list', 'list the devices that the bus knows')
    .option('--json', 'print one JSON document')
    .action(({ socket, json }: { readonly socket: string; readonly json?: boolean }) => onBus(socket, (client) => printList(client, json ?? false)));
  onDevice('get', 'print a setting as the device holds it')
    .requiredOption('--setting <key>', 'key of the setting')
    .action(({ socket, device, setting }: OnDevice & { readonly setting: string }) =>
      onBus(socket, (client) => printSetting(client, device, setting)),
    );
  onDevice('set', 'change a setting on the device itself')
    .requiredOption('--setting <key>', 'key of the setting')
    .requiredOption('--value <value>', 'JSON, else text', settingValue)
    .action(({ socket, ...parameters }: OnDevice & { readonly setting: string; readonly value: boolean | number | string }) =>
      onBus(socket, (client) => client.request('set', parameters)),
    );
  onDevice('press', 'press a button')
    .requiredOption('--button <name>', virtualButtons.join(', '))
    .action(({ socket, ...parameters }: OnDevice & { readonly button: string }) => onBus(socket, (client) => client.request('press', parameters)));
  onDevice('battery', 'change the battery')
    .requiredOption('--level <percent>', '0 to 100; 0: the device does not know', integer(0, 100))
    .option('--charging', 'it is being charged', false)
    .action(({ socket, ...parameters }: OnDevice & { readonly level: number; readonly charging: boolean }) =>
      onBus(socket, (client) => client.request('battery', parameters)),
    );
  onDevice('fault', 'make the next requests to the device fail')
    .requiredOption('--kind <kind>', faultKinds.join(', '))
    .option('--count <requests>', 'how many requests', integer(1, 1_000_000), 1)
    .action(({ socket, ...parameters }: OnDevice & { readonly kind: string; readonly count: number }) =>
      onBus(socket, (client) => client.request('fault', parameters)),
    );
  return program;
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.wrongUse;
  if (error instanceof VirtualError || error instanceof BusError || error instanceof UhidError) {
    tell(error.message);
    return error instanceof VirtualError && wrongUse.has(error.code) ? exitCode.wrongUse : exitCode.fault;
  }
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCode.fault;
}

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = codeOf(error);
}
