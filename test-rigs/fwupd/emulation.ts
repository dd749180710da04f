import type { Transfer } from './conversation.ts';
import { storedZip } from './stored-zip.ts';

/** What passed in each part of an update for which fwupd loads a record of its own. */
export interface EmulatedPhases {
  readonly setup: readonly Transfer[];
  readonly install: readonly Transfer[];
  /** The set-up of the device that came back; without it, it is still the one that left. */
  readonly reload?: readonly Transfer[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A device that comes back is another one to fwupd, by the time at which it came. */
const created = { setup: '2026-01-05T09:00:00Z', install: '2026-01-05T09:00:00Z', reload: '2026-01-05T09:01:00Z' } as const;

/** fwupd sends by SET_REPORT to the HID interface and reads the interrupt endpoint (facts E7). */
function event({ direction, report, into }: Transfer): { readonly Id: string; readonly Data: string } {
  const id =
    direction === 'out'
      ? `ControlTransfer:Direction=0x01,RequestType=0x01,Recipient=0x01,Request=0x09,Value=0x0205,Idx=0x0000,Data=${base64(report)},Length=0x40`
      : `InterruptTransfer:Endpoint=0x81,Data=${base64(into)},Length=0x40`;
  return { Id: id, Data: base64(report) };
}

function phaseJson(productId: number, phase: keyof EmulatedPhases, transfers: readonly Transfer[]): string {
  const endpoint = { DescriptorType: 5, EndpointAddress: 0x81, Interval: 1, MaxPacketSize: 64 };
  const device = {
    GType: 'FuUsbDevice',
    PlatformId: '1-1',
    Created: created[phase],
    IdVendor: 0x0b0e,
    IdProduct: productId,
    Device: 0x0108,
    USB: 0x0200,
    Manufacturer: 1,
    Product: 2,
    SerialNumber: 3,
    UsbInterfaces: [{ Length: 9, DescriptorType: 4, InterfaceClass: 3, UsbEndpoints: [endpoint] }],
    UsbEvents: transfers.map(event),
  };
  return JSON.stringify({ UsbDevices: [device] });
}

/** Records of one USB device, in the form that `fwupdtool emulation-load` takes. */
export function emulationZip(productId: number, { setup, install, reload }: EmulatedPhases): Buffer {
  return storedZip({
    'setup.json': phaseJson(productId, 'setup', setup),
    'install.json': phaseJson(productId, 'install', install),
    ...(reload ? { 'reload.json': phaseJson(productId, 'reload', reload) } : {}),
  });
}
