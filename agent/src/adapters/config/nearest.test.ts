import fc from 'fast-check';
import { expect, test } from 'vitest';

import { allKeys, environmentName } from './keys.ts';
import { editDistance, nearestName } from './nearest.ts';

test('a swap of two neighbours is one edit', () => {
  expect(editDistance('brokerUrl', 'borkerUrl')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('kitten', 'sitting')).toBe(3);
});

test('the distance is symmetric, and zero for the same name in any case only', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, right) === 0).toBe(left.toLowerCase() === right.toLowerCase());
    }),
  );
});

test.each([
  ['organisationId', 'organizationId'],
  ['BROKERURL', 'brokerUrl'],
  ['enrolmentToken', 'enrollmentToken'],
  ['caFile', 'tls.caFile'],
  ['reconect.maxMs', 'reconnect.maxMs'],
])('%s is nearest to %s', (written, known) => {
  expect(nearestName(written, allKeys)).toBe(known);
});

test('a very long name is answered at once', () => {
  expect(allKeys).toContain(nearestName('x'.repeat(1_000_000), allKeys));
});

test('environment names are the ones the contract gives as examples', () => {
  expect(environmentName('brokerUrl')).toBe('JABRA_AGENT_BROKER_URL');
  expect(environmentName('tls.caFile')).toBe('JABRA_AGENT_TLS_CA_FILE');
  expect(environmentName('reconnect.minMs')).toBe('JABRA_AGENT_RECONNECT_MIN_MS');
  expect(environmentName('hid.driver')).toBe('JABRA_AGENT_HID_DRIVER');
});
