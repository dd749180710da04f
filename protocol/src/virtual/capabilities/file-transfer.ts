import { Command, type Packet, PacketType } from '../../frames/index.ts';
import {
  deleteFile,
  fileChecksum,
  fileChecksumRequest,
  fileFirstBlock,
  fileNextBlock,
  startFileUpdate,
  upgradeFileName,
} from '../../messages/file.ts';
import { encodePayload, tryDecodePayload } from '../../messages/message.ts';
import { videoIdle, videoStatus } from '../../messages/video.ts';
import { ack, type Action, type Behaviour, type BehaviourContext, nack, reply, silence } from '../behaviour.ts';
import { nackByte } from '../nack-bytes.ts';
import { illegalValue } from './settings.ts';

/** Which number stands for busy is not public. */
const busyNumber = 1;

const noChecksum = new Uint8Array(0);

function checksum(packet: Packet, { state }: BehaviourContext): Action {
  const { files } = state;
  if (tryDecodePayload(fileChecksumRequest.request, packet.payload) !== null) {
    files.checksumAnnounced = true;
    return reply(noChecksum);
  }
  if (!files.checksumAnnounced || tryDecodePayload(fileChecksum.request, packet.payload) === null) return nack(illegalValue);
  files.checksumAnnounced = false;
  const digest = files.checksum();
  if (!digest) return nack(nackByte.fileNotFound);
  return reply(encodePayload(fileChecksum.reply, { opaque: new Uint8Array(5), md5: digest }));
}

function block(packet: Packet, { state }: BehaviourContext): boolean {
  const next = tryDecodePayload(fileNextBlock.write, packet.payload);
  if (next) return state.files.append(next.id, next.data);
  const first = tryDecodePayload(fileFirstBlock.write, packet.payload);
  return packet.type === PacketType.write && first?.name === upgradeFileName && state.files.begin(first.size);
}

function remove(packet: Packet, { state }: BehaviourContext): Action {
  const name = tryDecodePayload(deleteFile.write, packet.payload);
  return name === upgradeFileName && state.files.remove() ? ack : nack(nackByte.fileNotFound);
}

function install(context: BehaviourContext): Action {
  const { state, clock } = context;
  const installation = state.files.install();
  if (!installation) return nack(nackByte.fileNotFound);
  const { staysMs, awayMs } = state.files.installTiming;
  clock.setTimer(staysMs, () => {
    if (!state.files.leaveFor(installation)) return;
    context.leave(awayMs);
    // It has its new version before anybody can ask for it.
    clock.setTimer(awayMs - 1, () => {
      state.version = state.files.finish(installation) ?? state.version;
    });
  });
  return ack;
}

const isBusy = ({ state, clock }: BehaviourContext): boolean => state.files.isInstalling || clock.monotonic() < state.files.busyUntil;

const wroteWhileInstalling = 'its files were written to while it installed one of them';

/** No fact says that a device survives what the vendor's own program never does: here it doesn't. */
function brick(context: BehaviourContext, reason: string): Action {
  context.state.files.brick(reason);
  context.state.bricked = true;
  context.leave(null);
  return silence;
}

function write(packet: Packet, context: BehaviourContext): Action | undefined {
  const { state } = context;
  if (packet.command === startFileUpdate.command) {
    if (packet.subcommand !== startFileUpdate.subcommand) return undefined;
    if (isBusy(context)) return brick(context, 'it was told to install while it was busy');
    return tryDecodePayload(startFileUpdate.write, packet.payload) === null ? nack(illegalValue) : install(context);
  }
  if (packet.command !== Command.file) return undefined;
  if (state.files.isInstalling) return brick(context, wroteWhileInstalling);
  if (packet.subcommand === deleteFile.subcommand) return remove(packet, context);
  if (packet.subcommand === fileNextBlock.subcommand) return block(packet, context) ? ack : nack(illegalValue);
  return undefined;
}

/**
 * Takes an upgrade file and installs it: GNP 03, 07/03 and 26/1D, as fwupd jabra-file speaks to a PanaCast 50.
 *
 * A file that is incomplete or not signed is taken and not installed: the device comes back with its old version, also where the installation is
 * interrupted (fwupd declares dual image, self recovery and a signed payload). A start while it is busy, and a write to its files while it installs,
 * brick it.
 */
export const fileTransfer: Behaviour = {
  name: 'file transfer',
  commands: [Command.file, Command.fileUpdate, Command.video],
  onPacket: (packet, context) => {
    const { command, subcommand } = packet;
    if (packet.type === PacketType.read) {
      if (command === Command.file && subcommand === fileChecksum.subcommand) return checksum(packet, context);
      if (command !== Command.video || subcommand !== videoStatus.subcommand) return undefined;
      return reply(encodePayload(videoStatus.reply, isBusy(context) ? busyNumber : videoIdle));
    }
    if (packet.type === PacketType.write) return write(packet, context);
    if (packet.type === PacketType.event && command === Command.file && subcommand === fileNextBlock.subcommand) {
      if (context.state.files.isInstalling) return brick(context, wroteWhileInstalling);
      block(packet, context);
      return silence;
    }
    return undefined;
  },
};
