import { describe, expect, test } from 'vitest';
import { VirtualBus } from './bus.ts';
import { VirtualClock } from './clock.ts';
import { BusControl } from './control.ts';
import { bluetoothAddressOf } from './radio/index.ts';
import { parseSpecification, fromSpecification } from './specification.ts';

describe('a bus by hand', () => {
  const start = () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    return { clock, bus, control: new BusControl(bus) };
  };

  test('adds a device by model and serial, and plugs a known one in by the same words', () => {
    const { control, bus } = start();
    const device = control.plug('evolve2-75:70BF92000001');
    control.unplug('70BF92000001');
    expect(control.list()).toMatchObject([{ serial: '70BF92000001', plugged: false }]);
    expect(control.plug('evolve2-75:70BF92000001')).toBe(device);
    expect(control.plug('70BF92000001')).toBe(device);
    expect(control.list()).toMatchObject([{ plugged: true }]);
    expect(bus.devices.length).toBe(1);
  });

  test('makes serials up that nobody has', () => {
    const { control } = start();
    expect(control.plug('evolve2-75').serial).toBe('24DA00000001');
    expect(control.plug('evolve2-75').serial).toBe('24DA00000002');
    expect(control.plug('link-380+evolve2-75').child?.serial).toBe('24DA00000003');
  });

  test('shows a headset as unplugged where its dongle is', () => {
    const { control } = start();
    control.plug('link-380:LINK+evolve2-65:HEAD');
    control.unplug('LINK');
    expect(control.list().map(({ serial, plugged }) => [serial, plugged])).toEqual([
      ['LINK', false],
      ['HEAD', false],
    ]);
    control.plug('LINK');
    expect(control.list().map(({ plugged }) => plugged)).toEqual([true, true]);
  });

  test('keeps the physical port over re-plugging, and gives each device another', async () => {
    const { control, bus } = start();
    control.plug('evolve2-75:A');
    control.plug('evolve2-75:B');
    control.unplug('A');
    control.plug('A');
    const infos = await bus.list(0x0b0e);
    expect(infos.map(({ serial, physicalPort, path }) => [serial, physicalPort, path])).toEqual([
      ['A', 'virtual-1', 'virtual-1/2'],
      ['B', 'virtual-2', 'virtual-2/1'],
    ]);
  });

  test.each([
    ['unknown-device', (control: BusControl) => control.unplug('NOPE')],
    ['unknown-device', (control: BusControl) => control.plug('NOPE')],
    ['unknown-setting', (control: BusControl) => control.set('A', 'frob', 1)],
    ['unknown-button', (control: BusControl) => control.press('A', 'frob')],
    ['unknown-fault', (control: BusControl) => control.fault('A', 'frob', 1)],
    ['invalid', (control: BusControl) => control.fault('A', 'nack', 0)],
    ['invalid', (control: BusControl) => control.battery('A', 101, false)],
    ['invalid', (control: BusControl) => control.plug('evolve2-75:a b')],
    ['duplicate', (control: BusControl) => control.plug('link-380:L+evolve2-65:A')],
  ] as const)('refuses with %s', (code, act) => {
    const { control } = start();
    control.plug('evolve2-75:A');
    expect(() => act(control)).toThrow(expect.objectContaining({ code }));
  });

  test('holds nothing under a key that the device lacks', () => {
    const { control } = start();
    control.plug('evolve2-75:A');
    expect([control.get('A', 'autoPairing'), control.get('A', 'soundProfile'), control.get('A', 'constructor')]).toEqual([null, null, null]);
  });
});

describe('a dongle’s radio by hand', () => {
  const start = () => {
    const clock = new VirtualClock();
    const control = new BusControl(new VirtualBus(clock));
    control.plug('link-380:LINK+evolve2-65:HEAD');
    return { clock, control };
  };
  const seen = (control: BusControl, dongle: string) =>
    control.radio(dongle).map(({ serial, inRange, discoverable, paired, connected }) => [serial, inRange, discoverable, paired, connected]);

  test('takes new headsets and lists them with the others', () => {
    const { control } = start();
    expect(control.air('LINK', 'evolve2-75:NEW', { discoverable: true }).serial).toBe('NEW');
    expect(control.air('LINK', 'evolve2-75').serial).toBe('24DA00000001');
    expect(control.list().map(({ serial, plugged }) => [serial, plugged])).toEqual([
      ['LINK', true],
      ['HEAD', true],
      ['NEW', false],
      ['24DA00000001', false],
    ]);
    expect(seen(control, 'LINK')).toEqual([
      ['HEAD', true, false, true, true],
      ['NEW', true, true, false, false],
      ['24DA00000001', true, false, false, false],
    ]);
  });

  test('loses the headset that is taken away, and connects it again when it comes back', () => {
    const { control } = start();
    control.unplug('HEAD');
    expect(seen(control, 'LINK')).toEqual([['HEAD', false, false, true, false]]);
    control.plug('HEAD');
    expect(seen(control, 'LINK')).toEqual([['HEAD', true, false, true, true]]);
  });

  test('has a headset in range that comes back while another one is connected, or that isn’t paired', () => {
    const { control } = start();
    control.air('LINK', 'evolve2-75:NEW', { discoverable: true });
    control.plug('NEW');
    expect(seen(control, 'LINK')[1]).toEqual(['NEW', true, true, false, false]);
    control.unplug('NEW');
    control.unplug('HEAD');
    control.plug('NEW');
    expect(seen(control, 'LINK')).toEqual([
      ['HEAD', false, false, true, false],
      ['NEW', true, false, false, false],
    ]);
  });

  test('gives a headset up to another dongle', async () => {
    const { clock, control } = start();
    const other = control.plug('link-370:OTHER');
    control.air('OTHER', 'HEAD', { discoverable: true });
    expect(seen(control, 'LINK')).toEqual([['HEAD', false, false, true, false]]);
    other.radio?.pair(bluetoothAddressOf('HEAD'));
    await clock.advance(5000);
    expect(seen(control, 'OTHER')).toEqual([['HEAD', true, false, true, true]]);
    expect(control.list().map(({ serial }) => serial)).toEqual(['LINK', 'HEAD', 'OTHER']);
    control.battery('HEAD', 50, false);
    control.unplug('HEAD');
    expect(seen(control, 'OTHER')).toEqual([['HEAD', false, false, true, false]]);
  });

  test.each([
    ['not-supported', (control: BusControl) => control.air('HEAD', 'evolve2-75')],
    ['not-supported', (control: BusControl) => control.radio('HEAD')],
    ['unknown-device', (control: BusControl) => control.air('NOPE', 'evolve2-75')],
    ['unknown-device', (control: BusControl) => control.air('LINK', 'NOPE')],
    ['unknown-device', (control: BusControl) => control.radio('NOPE')],
    ['duplicate', (control: BusControl) => control.air('LINK', 'LINK')],
    ['invalid', (control: BusControl) => control.air('LINK', 'evolve2-75:a b')],
  ] as const)('refuses with %s', (code, act) => {
    const { control } = start();
    expect(() => act(control)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a device in words', () => {
  test.each([
    ['evolve2-75', { model: 'evolve2-75', serial: null, child: null }],
    ['evolve2-75:70BF92000001', { model: 'evolve2-75', serial: '70BF92000001', child: null }],
    [
      'link-380:50C275000001+evolve2-65:70BF92000002',
      { model: 'link-380', serial: '50C275000001', child: { model: 'evolve2-65', serial: '70BF92000002', child: null } },
    ],
  ])('%s', (words, specification) => {
    expect(parseSpecification(words)).toEqual(specification);
  });

  test.each([
    ['', 'invalid'],
    ['evolve2-75:', 'invalid'],
    [':A', 'invalid'],
    ['evolve2-75:A:B', 'invalid'],
    ['evolve9', 'unknown-model'],
    ['unknown', 'unknown-model'],
    ['link-380+', 'invalid'],
    ['evolve2-75+evolve2-65', 'invalid'],
    ['link-380+link-380+evolve2-65', 'invalid'],
    [`evolve2-75:${'A'.repeat(57)}`, 'invalid'],
  ])('"%s" is none', (words, code) => {
    expect(() => parseSpecification(words)).toThrow(expect.objectContaining({ name: 'VirtualError', code }));
  });

  test('takes no serial twice', () => {
    expect(() => fromSpecification(parseSpecification('link-380:A+evolve2-65:A'), new Set())).toThrow(expect.objectContaining({ code: 'duplicate' }));
  });
});
