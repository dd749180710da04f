import { describe, expect, test } from 'vitest';
import { settingKeys } from '../settings/index.ts';
import { identifyRequest, rebootRequest } from './actions.ts';
import { encodePayload, mayReachRealDevices } from './message.ts';

describe('what a person asks of a device from afar', () => {
  test('is made up, in the group that no real device has, beside the settings there', () => {
    for (const message of [rebootRequest, identifyRequest]) {
      expect(mayReachRealDevices(message)).toBe(false);
      expect(message.command).toBe(0x7e);
      expect(message.subcommand).toBeGreaterThan(settingKeys.length);
    }
    expect([rebootRequest.subcommand, identifyRequest.subcommand]).toEqual([0xf0, 0xf1]);
  });

  test('carries a one to reboot, and seconds to identify', () => {
    expect(encodePayload(rebootRequest.write, undefined)).toEqual(Uint8Array.of(1));
    expect(encodePayload(identifyRequest.write, 5)).toEqual(Uint8Array.of(5));
  });
});
