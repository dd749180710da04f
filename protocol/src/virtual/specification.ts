import { findFamily } from '../families/index.ts';
import { virtualDevice } from './create.ts';
import { defaultProductId, serialOf } from './defaults.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';

/** `MODEL[:SERIAL]`. */
export interface DeviceSpecification {
  readonly model: string;
  readonly serial: string | null;
  /** After a plus sign: the headset behind a dongle. */
  readonly child: DeviceSpecification | null;
}

/** A serial goes into one GNP packet, and into command lines. */
const one = /^([^:+\s]+)(?::([^:+\s]{1,56}))?$/;

/** Reads `evolve2-75:70BF92000001` or `link-380:50C275000001+evolve2-65:70BF92000002`. Throws `VirtualError` `unknown-model` or `invalid`. */
export function parseSpecification(text: string): DeviceSpecification {
  const [own, child, ...more] = text.split('+').map((part): DeviceSpecification => {
    const match = one.exec(part);
    if (!match?.[1]) throw new VirtualError('invalid', `"${text}" is not MODEL[:SERIAL], nor two of them joined by +`);
    if (!findFamily(match[1])) throw new VirtualError('unknown-model', `there is no model ${match[1]}`);
    return { model: match[1], serial: match[2] ?? null, child: null };
  });
  if (!own || more.length > 0) throw new VirtualError('invalid', `"${text}": a dongle takes one headset`);
  if (child && !findFamily(own.model)?.hasChildren) throw new VirtualError('invalid', `"${text}": ${own.model} takes no headset`);
  return { ...own, child: child ?? null };
}

/** Makes the device; a serial that is missing becomes the first one that is free. Throws `VirtualError`. */
export function fromSpecification(specification: DeviceSpecification, taken: ReadonlySet<string>): VirtualDevice {
  const used = new Set(taken);
  const make = ({ model, serial, child }: DeviceSpecification): VirtualDevice => {
    const family = findFamily(model);
    const productId = family ? defaultProductId(family) : null;
    if (productId === null) throw new VirtualError('unknown-model', `there is no model ${model}`);
    let own = serial;
    for (let number = 1; own === null; number += 1) if (!used.has(serialOf(productId, number))) own = serialOf(productId, number);
    if (used.has(own)) throw new VirtualError('duplicate', `there is a device ${own} already`);
    used.add(own);
    return virtualDevice({ family: model, serial: own, ...(child ? { child: make(child) } : {}) });
  };
  return make(specification);
}
