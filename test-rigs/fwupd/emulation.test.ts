import { virtualDevice } from '@jpd/protocol/virtual';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../lab/requirements.ts';
import type { EmulatedPhases } from './emulation.ts';
import { fwupdtool } from './fwupdtool.ts';
import { type Judgement, PluginJudge } from './plugin-judge.ts';
import { type RecordedUpdate, recordUpdate } from './recorded-update.ts';
import { type Place, withAnswer, withBytes, withFlippedBit, without } from './tampering.ts';

const request = (phase: Place['phase'], command: number, subcommand: number, nth = 0): Place => ({
  phase,
  direction: 'out',
  command,
  subcommand,
  nth,
});
const event = (subcommand: number, nth = 0): Place => ({ phase: 'install', direction: 'in', command: 0x0f, subcommand, nth });

const requests = {
  name: request('setup', 0x02, 0x00),
  version: request('setup', 0x02, 0x03),
  'DFU product id': request('setup', 0x02, 0x13),
  'update protocol': request('install', 0x02, 0x14),
  partition: request('install', 0x0f, 0x2d, 1),
  start: request('install', 0x0f, 0x17),
  'check number': request('install', 0x0f, 0x19, 1),
  'first block': request('install', 0x0f, 0x1a),
  'last block': request('install', 0x0f, 0x1a, -1),
  'new version': request('install', 0x0f, 0x1e),
  commit: request('install', 0x0f, 0x1d),
} as const;
type RequestName = keyof typeof requests;
const all = Object.keys(requests) as RequestName[];
const acknowledged = ['partition', 'start', 'check number', 'new version', 'commit'] as const;

describeWith(fwupdtool, 'the vendor’s plug-in in fwupd', () => {
  let judge: PluginJudge;
  beforeAll(() => {
    judge = new PluginJudge();
  });
  afterAll(() => {
    judge.close();
  });

  it.each([
    ['evolve2-75', 0x24da, 7, { Name: 'Jabra Evolve2 75', Address: '0x8', DfuPid: '0x24da' }],
    ['evolve2-75', 0x24da, 16, { Name: 'Jabra Evolve2 75', Address: '0x8', DfuPid: '0x24da' }],
    ['speak2-75', 0x24ef, 7, { Name: 'Jabra Speak2 75', Address: '0x8', DfuPid: '0x24ef' }],
    ['speak2-75', 0x24f1, 16, { Name: 'Jabra Speak2 75', Address: '0x8', DfuPid: '0x24f1' }],
    ['link-380', 0x24c8, 7, { Name: 'Jabra Link 380', Address: '0x1', DfuPid: '0x24c8' }],
  ] as const)('sets up and updates a virtual %s (%i) by protocol %i', async (family, productId, updateProtocol, expected) => {
    const recorded = await recordUpdate({ family, productId, updateProtocol, version: '1.2.3' });
    const { status, output, known } = await judge.judge(recorded);
    expect([status, known]).toMatchObject([0, { ...expected, Version: recorded.version }]);
    expect(output).toMatch(new RegExp(`FwuProtocol: +0x${updateProtocol.toString(16)}\n`));
  });

  it('sets up a virtual headset behind a dongle, and updates either', async () => {
    for (const ofChild of [false, true]) {
      const child = virtualDevice({ family: 'evolve2-65', productId: 0x24b3, version: '2.3.4' });
      child.setBattery(61, false);
      const recorded = await recordUpdate({ family: 'link-380', productId: 0x24c8, version: '1.2.3', child }, { ofChild });
      const { status, output, known } = await judge.judge(recorded);
      const name = ofChild ? 'Jabra Evolve2 65' : 'Jabra Link 380';
      expect([status, known]).toMatchObject([0, { Name: name, Address: ofChild ? '0x4' : '0x1', Version: recorded.version }]);
      expect(output).toMatch(/Name: +Jabra Evolve2 65\n/);
      expect(output).toMatch(/BatteryLevel: +61\n/);
    }
  });

  it('skips a battery report that a virtual device sends unasked', async () => {
    const recorded = await recordUpdate(
      { family: 'evolve2-75', productId: 0x24da, version: '1.2.3' },
      {
        before: (device) => {
          device.setBattery(55, false);
        },
      },
    );
    expect(recorded.phases.install.filter(({ report }) => report[5] === 0x12)).toHaveLength(1);
    const { status, known } = await judge.judge(recorded);
    expect([status, known['Version']]).toEqual([0, recorded.version]);
  });

  it('takes an acknowledgement of the block before', async () => {
    const recorded = await recordUpdate({ family: 'evolve2-75', productId: 0x24da, version: '1.2.3' });
    const phases = withBytes(recorded.phases, event(0x1b, 1), { 7: 9 });
    const { status, known } = await judge.judge({ ...recorded, phases });
    expect([status, known['Version']]).toEqual([0, recorded.version]);
  });

  describe('fails', () => {
    let right: RecordedUpdate;
    beforeAll(async () => {
      right = await recordUpdate({ family: 'evolve2-75', productId: 0x24da, version: '1.2.3' });
    });

    const judged = async (tamper: (phases: EmulatedPhases) => EmulatedPhases): Promise<Judgement> => {
      const phases = tamper(right.phases);
      expect(phases).not.toEqual(right.phases);
      return judge.judge({ ...right, phases });
    };
    const failure = (why: RegExp) =>
      expect.objectContaining({
        status: expect.toSatisfy((status: unknown) => status !== 0 && status !== null),
        output: expect.stringMatching(why),
      });

    it.each(all)('where one bit of the request for %s is another', async (name) => {
      // Of a question its subcommand, else what follows it: payload, or padding where there is none.
      const place = requests[name];
      expect(await judged((phases) => withFlippedBit(phases, place, 6 + (place.command === 0x0f ? 1 : 0), 0))).toEqual(failure(/no event with ID/));
    });

    it.each(all)('where the request for %s is missing', async (name) => {
      expect(await judged((phases) => without(phases, requests[name]))).toEqual(failure(/no event with ID/));
    });

    it.each(acknowledged)('where %s is refused', async (name) => {
      expect(await judged((phases) => withAnswer(phases, requests[name], { 5: 0xfe, 6: 0xf3 }))).toEqual(failure(/expected 0xFF, got 0xfe 0xf3/));
    });

    // It reads once more, over the answer that it refused: BQAId is 05 00 08 77.
    it.each(['name', 'DFU product id', 'update protocol', ...acknowledged] as const)(
      'where the answer to the request for %s has another number',
      async (name) => {
        expect(await judged((phases) => withAnswer(phases, requests[name], { 3: 0x77 }))).toEqual(
          failure(/no event with ID InterruptTransfer:Endpoint=0x81,Data=BQAId/),
        );
      },
    );

    it.each<readonly [string, Place]>([
      ['the flash is erased', event(0x18)],
      ['a block has come', event(0x1b, 1)],
      ['the last block has come', event(0x1b, -1)],
      ['the image is verified', event(0x1c)],
    ])('where the device doesn’t say that %s, or says something else', async (_, place) => {
      expect(await judged((phases) => without(phases, place))).toEqual(failure(/no event with ID|buf did not match|got 0x/));
      expect(await judged((phases) => withBytes(phases, place, { 6: 0x7f }))).toEqual(failure(/buf did not match/));
    });

    it('where the device acknowledges another block', async () => {
      expect(await judged((phases) => withBytes(phases, event(0x1b, 1), { 7: 8 }))).toEqual(failure(/no event with ID/));
    });

    it('where the device takes updates in another way', async () => {
      expect(await judged((phases) => withAnswer(phases, requests['update protocol'], { 7: 8 }))).toEqual(failure(/expected 7 or 16, got 8/));
    });

    it('where the device is another product', async () => {
      expect(await judged((phases) => withAnswer(phases, requests['DFU product id'], { 7: 0xdb }))).toEqual(
        failure(/wrong DFU PID, got 0x24da, expected 0x24db/),
      );
    });

    it.each<readonly [string, (phases: EmulatedPhases) => EmulatedPhases, RegExp]>([
      ['with the old version', (phases) => ({ ...phases, reload: phases.setup }), /version not updated on success, 9\.8\.7 != 1\.2\.3/],
      ['not at all', ({ setup, install }) => ({ setup, install }), /version not updated on success, 9\.8\.7 != 1\.2\.3/],
    ])('where the device comes back %s', async (_, tamper, why) => {
      expect(await judged(tamper)).toEqual(failure(why));
    });

    it('not by itself where the device comes back with another version, but knows it at the end', async () => {
      // fwupd 2.0.20 only asks whether the version changed at all: hence the look at the version wherever it is to end well.
      const { status, known } = await judged((phases) => withAnswer(phases, request('reload', 0x02, 0x03), { 8: 0x38 }));
      expect([status, known['Version']]).toEqual([0, '8.8.7']);
    });
  });
});
