import * as contract from '@jpd/agent/contract';
import { expect, it } from 'vitest';
import * as bridge from './index.ts';

it('has the words of the contract, all of them and no other', () => {
  expect(bridge.firmwareStatuses).toEqual(contract.firmwareStatuses);
  expect(bridge.firmwareReasons).toEqual(contract.firmwareReasons);
  expect(bridge.firmwareErrorCodes).toEqual(contract.firmwareErrorCodes);
  expect(bridge.settingErrorCodes).toEqual(contract.settingErrorCodes);
  expect(bridge.formFactors).toEqual(contract.formFactors);
  expect(bridge.sourceKinds).toEqual(contract.desiredSourceKinds);
  expect(bridge.transports).toEqual(contract.transports);
});
