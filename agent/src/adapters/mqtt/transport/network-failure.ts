import { networkAdvice } from '../../../core/network-advice.ts';
import { NetworkSettingError } from '../../../ports/index.ts';
import { ConnectError } from '../errors.ts';
import { systemCode } from '../../node/index.ts';

/** A failure below MQTT. `peer` says who answered or should have, such as `the platform example.org:443`. */
export function networkFailure(peer: string, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = systemCode(error);
  const advice = code === null ? null : networkAdvice(code);
  // A library's own text is left out: nobody vouches that it holds no secret.
  return new ConnectError('network', `${peer}: ${advice ?? 'the connection failed'}${code === null ? '' : ` (${code})`}`, { cause: error });
}

/** What the configuration of the network is at fault of, as why an attempt failed. */
export async function asConnectError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NetworkSettingError ? new ConnectError('network', error.message, { cause: error.cause }) : error;
  }
}
