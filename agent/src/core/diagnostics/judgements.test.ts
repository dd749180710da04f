import { describe, expect, it } from 'vitest';
import type { CertificateFacts, FolderExamination, StateExamination, Store } from '../../ports/index.ts';
import { judgeClock } from './clock-check.ts';
import { configurationRows } from './configuration-rows.ts';
import { judgeFolder } from './folder-check.ts';
import { judgeTls } from './route-checks.ts';
import { judgeLock, judgeState } from './state-checks.ts';

const now = Date.UTC(2026, 10, 22, 8);
const day = 86_400_000;

describe('a folder', () => {
  const folder = (found: Partial<FolderExamination> = {}) =>
    judgeFolder('stateDir', '/s', { kind: 'folder', obstacle: null, openToAll: false, freeBytes: 1e12, ...found });

  it('that can be written, or made, is fine', () => {
    expect(folder()).toEqual({ status: 'ok', message: '/s can be written' });
    expect(folder({ kind: 'missing' })).toEqual({ status: 'ok', message: '/s is made at the first start' });
    expect(folder({ freeBytes: null }).status).toBe('ok');
  });

  it('that cannot be used names the obstacle and the key', () => {
    expect(folder({ obstacle: 'EACCES' })).toMatchObject({ status: 'failed', message: '/s cannot be written (EACCES)' });
    expect(folder({ kind: 'missing', obstacle: 'EROFS' })).toMatchObject({
      status: 'failed',
      message: '/s does not exist and cannot be made (EROFS)',
    });
    expect(folder({ kind: 'other', obstacle: 'ENOTDIR' })).toMatchObject({
      status: 'failed',
      remedy: 'remove the file, or name another folder in stateDir',
    });
  });

  it('that everyone may change fails', () => {
    expect(folder({ openToAll: true })).toMatchObject({ status: 'failed', message: 'everyone on this computer can change what is in /s' });
  });

  it('on a disk that is nearly full is told before it fails', () => {
    expect(folder({ freeBytes: 12 * 1024 * 1024 })).toMatchObject({ status: 'warning', message: '/s has only 12 MB free' });
  });
});

describe('lock and state', () => {
  const store: Store = { damage: [], load: async () => new Map(), commit: async () => undefined, close: async () => undefined };
  const state = (found: Partial<StateExamination> = {}): StateExamination => ({ store, counts: new Map(), problem: null, lostRecords: 0, ...found });

  it('are fine whether an agent runs or not', () => {
    expect(judgeLock({ held: false })).toMatchObject({ status: 'ok', message: 'no agent runs on this state folder' });
    expect(judgeLock({ held: true, by: { pid: 17, since: '2026-11-22T08:00:00.000Z' } })).toEqual({
      status: 'ok',
      message: 'an agent runs: process 17, since 2026-11-22T08:00:00.000Z',
    });
    expect(judgeLock({ held: true, by: null })).toEqual({ status: 'ok', message: 'an agent runs' });
  });

  it('counts what is kept', () => {
    expect(judgeState(state(), false)).toMatchObject({ status: 'ok', message: 'nothing is kept yet' });
    expect(
      judgeState(
        state({
          counts: new Map([
            ['devices', 2],
            ['identity', 1],
          ]),
        }),
        false,
      ).message,
    ).toBe('undamaged, 3 records');
  });

  it('that is damaged fails, with what is lost', () => {
    const damaged = state({ problem: '000003.log has a wrong checksum', lostRecords: 2 });
    expect(judgeState(damaged, false)).toMatchObject({
      status: 'failed',
      message: 'the state is damaged (000003.log has a wrong checksum): 2 records are lost',
    });
    expect(judgeState({ ...damaged, lostRecords: null }, false).message).toContain('records may be lost');
  });

  it('is not called damaged while an agent writes it', () => {
    expect(judgeState(state({ problem: 'half of a record' }), true).status).toBe('skipped');
  });
});

describe('the clock', () => {
  it('must lie in the time of this program', () => {
    expect(judgeClock(now, [])).toEqual({ status: 'ok', message: '2026-11-22T08:00:00.000Z' });
    expect(judgeClock(0, []).status).toBe('failed');
    expect(judgeClock(Date.UTC(2150, 0), []).status).toBe('failed');
  });

  it('must not lie before what was seen already, but for a few minutes', () => {
    expect(judgeClock(now, [now + 4 * 60_000, now - day, Number.NaN]).status).toBe('ok');
    expect(judgeClock(now, [now + day])).toMatchObject({
      status: 'warning',
      message: 'the clock says 2026-11-22T08:00:00.000Z, but 2026-11-23T08:00:00.000Z was seen already',
    });
  });
});

describe('TLS', () => {
  const certificate = (facts: Partial<CertificateFacts> = {}): CertificateFacts => ({
    of: 'platform',
    name: 'platform.example',
    issuer: 'Acme CA',
    validFrom: now - day,
    validTo: now + 200 * day,
    ...facts,
  });
  const tls = (...certificates: CertificateFacts[]) => judgeTls({ protocol: 'TLSv1.3', certificates }, now);

  it('is told with the certificate, its issuer and its end', () => {
    expect(tls(certificate(), certificate({ of: 'tls.caFile', name: 'Acme CA' }))).toEqual({
      status: 'ok',
      message: 'TLSv1.3, certificate "platform.example" of "Acme CA" until 2027-06-10, with tls.caFile',
    });
  });

  it('warns of the first certificate to expire, whose ever it is', () => {
    expect(tls(certificate(), certificate({ of: 'tls.certFile', name: 'pc', validTo: now + 3 * day }))).toEqual({
      status: 'warning',
      message: 'the certificate of tls.certFile "pc" expires on 2026-11-25',
      remedy: 'renew the file that tls.certFile names before that',
    });
    expect(tls(certificate({ validTo: now + 20 * day }))).toMatchObject({ status: 'warning', remedy: 'renew it on the platform before that' });
  });

  it('fails for a certificate that has expired or is not valid yet', () => {
    expect(tls(certificate(), certificate({ of: 'tls.certFile', validTo: now })).status).toBe('failed');
    expect(tls(certificate({ validFrom: now + 1 }))).toMatchObject({ status: 'failed', remedy: "check this computer's clock" });
  });
});

describe('the configuration of a bundle', () => {
  it('is told key by key with its source', () => {
    const origins = { organizationId: { source: 'file', origin: 'file /c.json' }, 'tls.caFile': { source: 'policy', origin: 'registry' } };
    expect(configurationRows({ organizationId: 'acme', tls: { caFile: '/ca.pem', keyFile: null } }, origins)).toEqual([
      { organizationId: 'acme', source: 'file', origin: 'file /c.json' },
      { 'tls.caFile': '/ca.pem', source: 'policy', origin: 'registry' },
      { 'tls.keyFile': null, source: 'none', origin: 'not set' },
    ]);
  });
});
