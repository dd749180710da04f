import { type Catalogue, catalogue } from '../families/index.ts';
import { type SettingsWire, syntheticWires, verifiedWires } from '../settings/index.ts';
import type { Behaviour } from './behaviour.ts';
import { capabilitiesOf } from './capabilities/index.ts';
import { defaultDfuProductId, defaultProductId, defaultVersion, factorySettings, serialOf } from './defaults.ts';
import { collectionsOf } from './descriptors/index.ts';
import { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';
import { type FirmwareTraits, Flash } from './flash/index.ts';
import { VirtualFileStore } from './file-store.ts';

/** What a virtual device is made of; everything but the family has a default. */
export interface VirtualDeviceOptions {
  /** Id of settings-v1, e.g. `evolve2-75`. */
  readonly family: string;
  /** Where the family is looked up. Default: all that this library knows. */
  readonly catalogue?: Catalogue;
  /** Default: the product id and 00000001. */
  readonly serial?: string;
  /** Default: the family's first. */
  readonly productId?: number;
  readonly dfuProductId?: number;
  /** 02/14: 7 or 16 are known; default 7 for families that are updated over GNP, else the device refuses. */
  readonly updateProtocol?: number | null;
  readonly version?: string;
  /** How it takes firmware, where its family is updated over GNP. */
  readonly firmware?: Partial<FirmwareTraits>;
  /** Asked before its capabilities, the last one first. */
  readonly behaviours?: readonly Behaviour[];
  /** The headset behind a dongle. */
  readonly child?: VirtualDevice;
  /** Further wires that its settings have, for operators' own mappings. */
  readonly wires?: readonly SettingsWire[];
  /**
   * One path for all of it, as Linux shows a device (default), or one for each top-level collection, as Windows does: described each by its own part of the
   * descriptor, or not at all, because node-hid on Windows has none.
   */
  readonly paths?: VirtualDevice['paths'];
}

/** Makes a virtual device. Throws `VirtualError` `unknown-model`. */
export function virtualDevice(options: VirtualDeviceOptions): VirtualDevice {
  const family = (options.catalogue ?? catalogue).findFamily(options.family);
  if (!family) throw new VirtualError('unknown-model', `there is no model ${options.family}`);
  const productId = options.productId ?? defaultProductId(family);
  if (productId === null) throw new VirtualError('unknown-model', `${options.family} has no product id`);
  const wires = [...verifiedWires, ...syntheticWires].filter(({ keys }) => keys.some((key) => family.settings.includes(key)));
  const flash = family.generation === 'gnp-ota' ? new Flash(options.firmware) : null;
  const device = new VirtualDevice(
    {
      family,
      serial: options.serial ?? serialOf(productId, 1),
      productId,
      dfuProductId: options.dfuProductId ?? defaultDfuProductId(family, productId),
      updateProtocol: options.updateProtocol === undefined ? (family.generation === 'gnp-ota' ? 7 : null) : options.updateProtocol,
      version: options.version ?? defaultVersion(family),
      battery: family.hasBattery ? { level: 80, charging: false } : null,
      settings: factorySettings(family),
      files: new VirtualFileStore(),
      bootMode: false,
      reboots: 0,
      identified: 0,
      bricked: false,
      wires: [...(options.wires ?? []), ...wires],
      flash,
    },
    collectionsOf(family.formFactor, family.products.find((product) => product.productId === productId)?.detach),
    options.paths ?? 'one',
    [...capabilitiesOf(family.generation), ...(options.behaviours ?? [])],
  );
  if (options.child) device.attach(options.child);
  return device;
}
