import { expect, it } from 'vitest';
import { isWorthARestart } from './restart.ts';

it('an app that failed is started again where it had worked for a minute', () => {
  expect([0, 59, 60, 3600].map(isWorthARestart)).toEqual([false, false, true, true]);
});
