import { describe, expect, it } from 'vitest';
import type { AppState } from '../../bridge/index.ts';
import { headset, stateWith } from '../testing/states.ts';
import { makeMainWords } from '../words/main-words.ts';
import { emptyMemory, type NoticeMemory, noticeMemorySchema, withoutOld } from './notice-memory.ts';
import { type Notice, noteAsked, noticesNow } from './notice-rules.ts';
import { noticeText } from './notice-words.ts';

const now = Date.UTC(2026, 10, 24, 17, 45);
const minute = 60_000;
const hour = 60 * minute;
const words = makeMainWords('en');

/** Looks at one state after the other with the same memory, as the app does. */
class Teller {
  memory: NoticeMemory = emptyMemory;

  tell(state: AppState, at = now, quiet: { readonly inCall?: boolean; readonly doNotDisturb?: boolean } = {}): string[] {
    const due = noticesNow(state, this.memory, { inCall: false, doNotDisturb: false, ...quiet, now: at });
    // As it comes back from the disk.
    this.memory = noticeMemorySchema.parse(JSON.parse(JSON.stringify(due.memory)));
    return due.notices.map(({ kind }) => kind);
  }
}

const ask = (postponementsLeft: number) => ({ kind: 'ask', postponementsLeft, postponeHours: 24, installsAfter: now + 48 * hour }) as const;
const asking = (left = 2, version = '2.0.0') =>
  headset({ firmware: { status: 'pending', targetVersion: version, prompt: ask(left), usualMinutes: 4 } });
const announced = (startsAt: number) =>
  headset({ firmware: { status: 'pending', targetVersion: '2.0.0', prompt: { kind: 'announce', startsAt, postponedTimes: 3 }, usualMinutes: 1 } });
const current = headset({ firmware: { status: 'latest', version: '2.0.0', targetVersion: '2.0.0' } });
const failed = (endedAt: number) =>
  headset({
    firmware: {
      status: 'failed',
      targetVersion: '2.0.0',
      isRecoverable: true,
      isUsable: false,
      lastTry: { startedAt: 0, endedAt, version: '2.0.0' },
      usualMinutes: 5,
    },
  });
const low = headset({ battery: { level: 12, charging: false, low: true } });
const wantsBattery = { preferences: { language: 'en', batteryNotice: true, hasSeenFirstRun: true } } as const;
const revoked = stateWith([], { status: { ...stateWith([]).status, connection: 'revoked', revokedAt: now } });

describe('notifications', () => {
  it('tell once that an update is ready', () => {
    const teller = new Teller();
    expect(teller.tell(stateWith([asking()]))).toEqual(['ready']);
    expect(teller.tell(stateWith([asking()]), now + 30 * hour)).toEqual([]);
  });

  it('tell of the same device at most once a day, also after it was postponed for an hour', () => {
    const teller = new Teller();
    teller.tell(stateWith([asking(2)]));
    expect(teller.tell(stateWith([asking(1)]), now + hour)).toEqual([]);
    expect(teller.tell(stateWith([asking(1)]), now + 24 * hour)).toEqual(['ready']);
  });

  it('say nothing in a call or while nobody wants to be disturbed, and say it after that', () => {
    const teller = new Teller();
    expect(teller.tell(stateWith([asking()]), now, { inCall: true })).toEqual([]);
    expect(teller.tell(stateWith([asking()]), now, { doNotDisturb: true })).toEqual([]);
    expect(teller.tell(stateWith([asking()]))).toEqual(['ready']);
  });

  it('say nothing of what is over when the call is', () => {
    const teller = new Teller();
    teller.tell(stateWith([asking()]), now, { inCall: true });
    expect(teller.tell(stateWith([headset()]))).toEqual([]);
  });

  it('tell of a forced start 15 minutes before, once', () => {
    const teller = new Teller();
    const startsAt = now + 16 * minute;
    expect(teller.tell(stateWith([announced(startsAt)]))).toEqual([]);
    expect(teller.tell(stateWith([announced(startsAt)]), now + minute)).toEqual(['updates-at']);
    expect(teller.tell(stateWith([announced(startsAt)]), now + 2 * minute)).toEqual([]);
    expect(new Teller().tell(stateWith([announced(now - minute)]))).toEqual([]);
  });

  it('tell of success only where the user had said "Update now", and once', () => {
    const silent = new Teller();
    silent.tell(stateWith([asking()]));
    expect(silent.tell(stateWith([current]))).toEqual([]);
    const told = new Teller();
    told.tell(stateWith([asking()]));
    told.memory = noteAsked(told.memory, asking());
    expect(told.tell(stateWith([headset({ firmware: { status: 'updating', targetVersion: '2.0.0' } })]))).toEqual([]);
    expect(told.tell(stateWith([current]))).toEqual(['up-to-date']);
    expect(told.tell(stateWith([current]))).toEqual([]);
  });

  it('tell of a failure each time that it fails, of wired devices that need a person', () => {
    const teller = new Teller();
    expect(teller.tell(stateWith([failed(now)]))).toEqual(['failed']);
    expect(teller.tell(stateWith([failed(now)]))).toEqual([]);
    expect(teller.tell(stateWith([failed(now + minute)]))).toEqual(['failed']);
    const wireless = { ...failed(now), connection: { status: 'connected', transport: 'dongle', parentDeviceId: 'a', lastSeenAt: 0 } } as const;
    expect(new Teller().tell(stateWith([wireless]))).toEqual([]);
    expect(new Teller().tell(stateWith([headset({ firmware: { status: 'failed', isRecoverable: false } })]))).toEqual([]);
  });

  it('tell once that the PC is no longer managed', () => {
    const teller = new Teller();
    expect(teller.tell(revoked)).toEqual(['revoked']);
    expect(teller.tell(revoked, now + 48 * hour)).toEqual([]);
  });

  it('tell of a low battery where the user wants it, once until it was charged', () => {
    const teller = new Teller();
    expect(teller.tell(stateWith([low]))).toEqual([]);
    expect(teller.tell(stateWith([low], wantsBattery))).toEqual(['battery-low']);
    expect(teller.tell(stateWith([low], wantsBattery))).toEqual([]);
    teller.tell(stateWith([headset()], wantsBattery));
    expect(teller.tell(stateWith([low], wantsBattery))).toEqual(['battery-low']);
    expect(new Teller().tell(stateWith([{ ...low, battery: { level: null, charging: false, low: true } }], wantsBattery))).toEqual([]);
  });

  it('never tell of plugging, settings or a connection that is gone', () => {
    const teller = new Teller();
    const offline = stateWith([], { status: { ...stateWith([]).status, connection: 'not-connected' } });
    expect([...teller.tell(stateWith([])), ...teller.tell(stateWith([headset()])), ...teller.tell(offline)]).toEqual([]);
  });

  it('forget what is long over', () => {
    const memory = { told: { old: 0, young: now }, asked: {} };
    expect(withoutOld(memory, now + minute).told).toEqual({ young: now });
  });
});

describe('the words of a notification', () => {
  const device = asking();
  const text = (notice: Notice) => noticeText(notice, words, 'UTC');

  it('ask, with both answers', () => {
    const shown = text({ kind: 'ready', device, postponementsLeft: 2, installsAfter: now + 48 * hour, postponeHours: 24 });
    expect(shown).toEqual({
      title: 'Update ready for Evolve2 75',
      body: 'It takes about 4 minutes. You can postpone it 2 more times, until Thursday 26 November.',
      buttons: [
        { text: 'Update now', action: { kind: 'install', deviceId: 'd1' } },
        { text: 'Postpone a day', action: { kind: 'postpone', deviceId: 'd1' } },
      ],
      target: { page: 'devices', deviceId: 'd1', tab: 'firmware' },
    });
  });

  it('announce the hour', () => {
    expect(text({ kind: 'updates-at', device: announced(now + 15 * minute), startsAt: now + 15 * minute })).toMatchObject({
      title: 'Evolve2 75 updates at 18:00',
      body: 'It takes about 1 minute. It waits if you are in a call.',
    });
  });

  it('are plain', () => {
    expect(text({ kind: 'up-to-date', device: current, version: '2.0.0' })).toMatchObject({
      title: 'Evolve2 75 is up to date',
      body: 'Version 2.0.0 is installed.',
    });
    expect(text({ kind: 'failed', device: failed(now) })).toMatchObject({
      title: 'The update of Evolve2 75 did not finish',
      buttons: [{ text: 'Recover' }, { text: 'Later' }],
    });
    expect(text({ kind: 'revoked', organisation: 'Acme' })).toMatchObject({
      title: 'This PC is no longer managed by Acme',
      target: { page: 'status' },
    });
    expect(text({ kind: 'battery-low', device: low, level: 12 })).toMatchObject({ title: 'Evolve2 75: battery 12 %', body: 'Charge it soon.' });
  });
});
