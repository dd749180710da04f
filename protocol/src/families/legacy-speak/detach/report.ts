import { ByteReader, ByteWriter, constant8, DecodeError, struct, u8 } from '../../../bytes/index.ts';
import type { Provenance } from '../../../messages/message.ts';
import type { Detach } from '../../types.ts';

/** Who vouches for these bytes. */
export const detachProvenance: Provenance = { trust: 'vendor', source: 'fwupd jabra' };

/** Length of the report with its id, whatever the descriptor says (fwupd plugins/jabra). */
export const detachReportLength = 33;

/**
 * The report that restarts a Speak in its boot mode, zeros after it. It looks like a GNP packet from the PC with sequence number 1: a write of command 07
 * without a subcommand; in report 5 that is what it is.
 */
const layout = struct({
  reportId: u8(),
  address: u8(),
  source: constant8(0x00),
  sequence: constant8(0x01),
  typeAndLength: constant8(0x85),
  command: constant8(0x07),
});

const constants = { source: undefined, sequence: undefined, typeAndLength: undefined, command: undefined };

/** The report for a product. */
export function encodeDetachReport({ reportId, address }: Detach): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(detachReportLength));
  layout.encode(writer, { reportId, address, ...constants });
  return writer.bytes;
}

/** Whether a report tells this product to restart in its boot mode. */
export function isDetachReport(report: Uint8Array, { reportId, address }: Detach): boolean {
  if (report[0] !== reportId) return false;
  try {
    return layout.decode(new ByteReader(report)).address === address;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
