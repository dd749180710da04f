import type { DesiredSource, DeviceDocument } from '../contract/index.ts';
import type { FirmwareView } from './firmware/view.ts';

/** Where a device's settings come from. */
export interface DesiredOverview {
  readonly deviceId: string;
  readonly revision: number;
  readonly source: DesiredSource;
  /** It is applied at the next login. */
  readonly waitsForLogin: boolean;
}

/** What a user interface shows of the agent. */
export interface AgentOverview {
  readonly clientId: string;
  readonly organizationId: string;
  /** Null until a policy names it. */
  readonly organizationName: string | null;
  readonly clientName: string | null;
  readonly version: string;
  readonly revoked: boolean;
  readonly devices: readonly DeviceDocument[];
  readonly desired: readonly DesiredOverview[];
  readonly firmware: readonly FirmwareView[];
}
