import { describe, expect, it } from 'vitest';
import { VersionChoice } from './version-choice.ts';

const url = 'mqtts://platform.example:8883';
const day = 24 * 3_600_000;
const choice = (remembered: { url: string; until: number } | null = null): VersionChoice => new VersionChoice(url, remembered);

describe('the MQTT version', () => {
  it('is 5 first', () => {
    expect(choice().next(0)).toBe(5);
  });

  it('is 3.1.1 at once where the broker refuses the version', () => {
    const versions = choice();
    expect(versions.failed(5, { kind: 'unsupported-version' })).toBe(true);
    expect(versions.next(0)).toBe(4);
  });

  it('is 3.1.1 at once where the connection was closed twice before any CONNACK, not once', () => {
    const versions = choice();
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(false);
    expect(versions.next(0)).toBe(5);
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(true);
    expect(versions.next(0)).toBe(4);
  });

  it('still counts the first closing where the network failed in between, since that is no CONNACK', () => {
    const versions = choice();
    versions.failed(5, { kind: 'closed-before-connack' });
    expect(versions.failed(5, { kind: 'network' })).toBe(false);
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(true);
  });

  it.each(['refused', 'not-authorized'] as const)('counts anew after a CONNACK that says %s', (kind) => {
    const versions = choice();
    versions.failed(5, { kind: 'closed-before-connack' });
    expect(versions.failed(5, { kind })).toBe(false);
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(false);
  });

  it('counts anew after a CONNACK that accepts', () => {
    const versions = choice();
    versions.failed(5, { kind: 'closed-before-connack' });
    versions.accepted(5, 0);
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(false);
  });

  it.each(['network', 'refused', 'not-authorized'] as const)('stays 5 after a failure that has nothing to do with it (%s)', (kind) => {
    const versions = choice();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(versions.failed(5, { kind })).toBe(false);
    expect(versions.next(0)).toBe(5);
  });

  it('is 5 again after 3.1.1 was tried and not accepted, for the network as well', () => {
    const versions = choice();
    versions.failed(5, { kind: 'unsupported-version' });
    expect(versions.failed(4, { kind: 'network' })).toBe(false);
    expect(versions.next(0)).toBe(5);
    expect(versions.failed(5, { kind: 'closed-before-connack' })).toBe(false);
  });

  it('is remembered for 7 days once 3.1.1 was accepted, not before', () => {
    const versions = choice();
    versions.failed(5, { kind: 'unsupported-version' });
    expect(versions.accepted(4, 1000)).toEqual({ url, until: 1000 + 7 * day });
    expect(versions.next(1000 + 7 * day - 1)).toBe(4);
    expect(versions.next(1000 + 7 * day)).toBe(5);
  });

  it('is not remembered longer by being used', () => {
    const versions = choice({ url, until: 7 * day });
    expect(versions.accepted(4, 3 * day)).toBeNull();
    expect(versions.next(7 * day)).toBe(5);
  });

  it('is remembered anew where it was needed again after that', () => {
    const versions = choice({ url, until: 7 * day });
    versions.failed(5, { kind: 'unsupported-version' });
    expect(versions.accepted(4, 8 * day)).toEqual({ url, until: 15 * day });
  });

  it('is remembered for that URL only', () => {
    expect(choice({ url: 'mqtts://other.example:8883', until: 7 * day }).next(0)).toBe(5);
    expect(choice({ url, until: 7 * day }).next(0)).toBe(4);
  });

  it('stays remembered over failures of the network', () => {
    const versions = choice({ url, until: 7 * day });
    expect(versions.failed(4, { kind: 'network' })).toBe(false);
    expect(versions.next(0)).toBe(4);
  });

  it('is 5 at once where a remembered 3.1.1 is refused, and does not go back and forth', () => {
    const versions = choice({ url, until: 7 * day });
    expect(versions.failed(4, { kind: 'unsupported-version' })).toBe(true);
    expect(versions.next(0)).toBe(5);
    expect(versions.failed(5, { kind: 'unsupported-version' })).toBe(true);
    expect(versions.failed(4, { kind: 'unsupported-version' })).toBe(false);
  });

  it('is not remembered for years because the clock was set back', () => {
    expect(choice({ url, until: Date.UTC(2030, 0) }).next(Date.UTC(2026, 0))).toBe(5);
  });
});
