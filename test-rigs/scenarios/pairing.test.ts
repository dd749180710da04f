import type { LocalState } from '@jpd/agent/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttendedAgent } from '../lab/attended-agent.ts';
import { type RealLab, startRealLab } from '../lab/real-lab.ts';

const adapter = 'Jabra Link 380';
const dongle = { serial: '50C275000001', id: '24c7-50c275000001' };
const headset = { serial: '70BF92000002', id: '24b3-70bf92000002', address: '70:BF:92:00:00:02' };
const found = { id: headset.address, name: 'Jabra Evolve2 65', formFactor: 'headset', endsIn: '0002' };
/** A search takes a minute where it finds nothing. */
const patience = 90_000;

type Step = NonNullable<LocalState['pairing']>['step'];
type Of<S extends Step> = Extract<LocalState['pairing'], { readonly step: S }>;

/** A PC with an adapter, and a person at its tray. */
class Desk {
  readonly lab: RealLab;
  readonly agent: AttendedAgent;

  private constructor(lab: RealLab, agent: AttendedAgent) {
    this.lab = lab;
    this.agent = agent;
  }

  static async start(): Promise<Desk> {
    const lab = await startRealLab({ broker: 'platform', devices: [`link-380:${dongle.serial}`] });
    const agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-1');
    await lab.wire.device(dongle.id);
    return new Desk(lab, agent);
  }

  search(): Promise<null> {
    return this.agent.client.call('startPairing', {});
  }

  choose(id: string): Promise<null> {
    return this.agent.client.call('choosePairing', { id });
  }

  close(): Promise<null> {
    return this.agent.client.call('stopPairing', {});
  }

  /** The pairing as it is shown, once it is at this step. */
  at<S extends Step>(step: S, where: (pairing: Of<S>) => boolean = () => true, ms?: number): Promise<Of<S>> {
    const isIt = (pairing: LocalState['pairing']): pairing is Of<S> => pairing?.step === step;
    return this.agent.until(`the pairing is ${step}`, ({ pairing }) => (isIt(pairing) && where(pairing) ? pairing : null), ms);
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.lab.stop();
  }
}

describe('a person who pairs a headset with an adapter', () => {
  let desk: Desk;
  let patient: Desk;
  beforeAll(async () => {
    [desk, patient] = await Promise.all([Desk.start(), Desk.start()]);
    // It is looked at by the last test.
    await patient.search();
  });
  afterAll(async () => {
    await Promise.all([desk?.stop(), patient?.stop()]);
  });

  it('sees the search end where the adapter is pulled out, and go on when it is back', async () => {
    await desk.search();
    expect(await desk.at('searching')).toMatchObject({ adapter, isOver: false, found: [] });
    await desk.lab.unplug(dongle.serial, dongle.id);
    expect(await desk.at('unplugged')).toEqual({ step: 'unplugged', adapter });
    await desk.lab.bus.plug(dongle.serial);
    await desk.at('searching');
  });

  it('sees a headset that is found, and one that the adapter refuses', async () => {
    await desk.lab.bus.air(dongle.serial, `evolve2-65:${headset.serial}`);
    await desk.lab.bus.battery(headset.serial, 42);
    expect((await desk.at('searching', ({ found: headsets }) => headsets.length > 0)).found).toEqual([found]);
    await desk.lab.bus.fault(dongle.serial, 'nack');
    await desk.choose(headset.address);
    expect(await desk.at('refused')).toEqual({ step: 'refused', adapter, headset: found });
  });

  it('chooses it again, and has it connected: in the window, and as a device at the platform', async () => {
    const after = desk.lab.wire.mark();
    await desk.search();
    await desk.at('searching', ({ found: headsets }) => headsets.length > 0);
    await desk.choose(headset.address);
    expect(await desk.at('connected', ({ battery }) => battery !== null)).toEqual({ step: 'connected', adapter, headset: found, battery: 42 });
    expect(await desk.lab.wire.device(headset.id, () => true, { after })).toMatchObject({
      model: { name: 'Jabra Evolve2 65', family: 'evolve2-65' },
      connection: { status: 'connected', transport: 'dongle', parentDeviceId: dongle.id },
      battery: { level: 42 },
    });
    await desk.lab.wire.event('device.connected', { after, where: (event) => 'deviceId' in event && event.deviceId === headset.id });
    await desk.close();
    await desk.agent.until('nothing is open', ({ pairing }) => pairing === null);
  });

  it('waits where no adapter is there, and need not begin again when it comes', async () => {
    await desk.lab.unplug(dongle.serial, dongle.id);
    await desk.search();
    expect(await desk.at('no-adapter')).toEqual({ step: 'no-adapter', unable: null });
    await desk.lab.plug(dongle.serial, dongle.id);
    await desk.at('searching');
    await desk.close();
  });

  it('is told how long was searched in vain', { timeout: patience }, async () => {
    expect(await patient.at('nothing-found', () => true, patience)).toEqual({ step: 'nothing-found', adapter, seconds: 60 });
  });
});
