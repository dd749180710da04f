import type { SettingKey } from '../settings/index.ts';

/** What kind of thing a person sees on the desk. */
export type FormFactor = 'headset' | 'speakerphone' | 'dongle' | 'base' | 'video-bar' | 'controller';

/** How firmware gets onto the device: one folder each beside this file. */
export type GenerationId = 'gnp-ota' | 'gnp-file' | 'legacy-speak';

/**
 * How well a product id is known (facts D1): `vendor` from vendor-written open source, `usb-ids` from the public USB id list,
 * `community` from third parties who may have used the vendor's software, `synthetic` (0xF0xx) for virtual devices of a family without a public id.
 * An id only names a product; no byte is written because of it alone.
 */
export type ProductSource = 'vendor' | 'usb-ids' | 'community' | 'synthetic';

/** How a product is told to restart in its boot mode, where it takes firmware over USB DFU (facts E12, fwupd plugins/jabra). */
export interface Detach {
  /** The output report that tells it. */
  readonly reportId: number;
  /** GNP address in that report. */
  readonly address: number;
  /** The product id that it has in its boot mode. */
  readonly bootProductId: number;
}

/** A USB product id under vendor 0x0B0E. */
export interface Product {
  readonly productId: number;
  readonly name: string;
  readonly source: ProductSource;
  /** Only products of the generation `legacy-speak`, and of them only those whose bytes somebody vouches for. */
  readonly detach?: Detach;
}

/** Products that are one to settings, firmware and people: a row of the catalogue. */
export interface Family {
  /** An id of settings-v1, or `unknown` where the contract has none: such a product is listed and identified, never written to. */
  readonly id: string;
  readonly name: string;
  readonly formFactor: FormFactor;
  readonly generation: GenerationId;
  /** GNP address of the device itself. */
  readonly address: number;
  /** What it answers to GNP 02/13 and firmware packages name, where that isn't the USB product id. */
  readonly dfuProductId?: number;
  readonly hasBattery: boolean;
  /** Dongles and bases: headsets appear behind it at `Address.headset1`. */
  readonly hasChildren: boolean;
  /** What it supports by name; which of them can be written depends on wires and transport. */
  readonly settings: readonly SettingKey[];
  readonly products: readonly Product[];
}

/** A product and the family that it belongs to. */
export interface FoundProduct {
  readonly family: Family;
  readonly product: Product;
}

/**
 * How firmware gets onto a product.
 * - `over-the-air`: `updateFirmware`; the device itself says by GNP 02/14 whether it can be
 * - `file-transfer`: `updateByFile`
 * - `usb-dfu`: `detachToBoot`, unless `detach` is null because this id is the boot mode's, then USB DFU, which is the operating system's or another tool's
 * - `none`: `not-in-contract`, it is listed and identified, and never written to; `not-vouched`, nobody vouches for how this product takes it
 */
export type UpdateWay =
  | { readonly kind: 'over-the-air' }
  | { readonly kind: 'file-transfer' }
  | { readonly kind: 'usb-dfu'; readonly detach: Detach | null }
  | { readonly kind: 'none'; readonly reason: 'not-in-contract' | 'not-vouched' };

/** Devices that take their firmware in one way: a folder beside this file. */
export interface Generation {
  readonly families: readonly Family[];
  /** Only asked for families that the contract names. */
  updateWay(found: FoundProduct): UpdateWay;
}

/** Products `from` to `to`, both included, and single ones. */
export function products(source: ProductSource, name: string, ...ids: readonly (number | readonly [number, number])[]): Product[] {
  return ids.flatMap((id) => {
    const [from, to] = typeof id === 'number' ? [id, id] : id;
    return Array.from({ length: to - from + 1 }, (_, index) => ({ productId: from + index, name, source }));
  });
}
