import type { Field } from '../../bytes/index.ts';
import { Command, type Packet, PacketType } from '../../frames/index.ts';
import {
  updateBlock,
  updateBlockAcknowledged,
  updateCommit,
  updateCrc,
  updateCrcExtended,
  updateErased,
  updatePartition,
  updateStart,
  updateVerified,
  updateVersion,
} from '../../messages/firmware.ts';
import { encodePayload, tryDecodePayload } from '../../messages/message.ts';
import { ack, type Action, type Behaviour, type BehaviourContext, nack, silence } from '../behaviour.ts';
import type { Flash } from '../flash/index.ts';
import type { Announcement, StagedCopy } from '../flash/staged-copy.ts';
import { illegalValue } from './settings.ts';

/** An image of more blocks is refused: 100 MB, more than any public firmware. */
const mostBlocks = 2_000_000;

const nothing = new Uint8Array(0);

interface At {
  readonly flash: Flash;
  readonly context: BehaviourContext;
}

/** Later, unless the device started anew in between. */
function after(milliseconds: number, { flash, context }: At, act: () => void): void {
  const { starts } = flash;
  context.clock.setTimer(milliseconds, () => {
    if (flash.starts === starts) act();
  });
}

/** A refusal's reason isn't public (facts E6): one without a known meaning. */
const ackIf = (isDone: boolean): Action => (isDone ? ack : nack(illegalValue));

function start(at: At): Action {
  const { flash, context } = at;
  const copy = flash.start();
  const run = copy?.eraseRun;
  after(flash.traits.eraseMs, at, () => {
    // Started again in between: only the newer one tells when it is done.
    if (copy && copy.eraseRun !== run) return;
    copy?.erased();
    context.event(updateErased.command, updateErased.subcommand, nothing);
  });
  return ack;
}

function announce(packet: Packet, { flash, context }: At): Action {
  const announced: Announcement | null =
    context.state.updateProtocol === 16 ? exactly(updateCrcExtended.write, packet, 12) : exactly(updateCrc.write, packet, 8);
  if (!announced || announced.blocks < 1 || announced.blocks > mostBlocks || announced.window < 1) return nack(illegalValue);
  return ackIf(flash.announce(announced));
}

/** The two layouts of 0F/19 differ in length only. */
const exactly = <T>(field: Field<T>, { payload }: Packet, length: number): T | null =>
  payload.length === length ? tryDecodePayload(field, payload) : null;

function take(packet: Packet, at: At): Action {
  const { flash, context } = at;
  const { chosenCopy: copy, traits } = flash;
  const block = tryDecodePayload(updateBlock.post, packet.payload);
  if (!block) return silence;
  const wasComplete = copy?.complete ?? false;
  const last = flash.take(block);
  if (last !== null) {
    const payload = encodePayload(updateBlockAcknowledged.event, acknowledgedNumber(last, traits));
    const tell = (): void => {
      context.event(updateBlockAcknowledged.command, updateBlockAcknowledged.subcommand, payload);
    };
    if (traits.acknowledgeMs === 0) tell();
    else after(traits.acknowledgeMs, at, tell);
  }
  if (copy?.complete && !wasComplete) verifySoon(copy, at);
  return silence;
}

/** -1, nothing stored, is all ones on the wire, as is the number before the first. */
function acknowledgedNumber(last: number, { blockNumbers, acknowledgesOneLess }: Flash['traits']): number {
  const index = acknowledgesOneLess ? last - 1 : last;
  return index < 0 ? 0xffff : index % blockNumbers;
}

function verifySoon(copy: StagedCopy, at: At): void {
  const { traits } = at.flash;
  after(traits.acknowledgeMs + traits.verifyMs, at, () => {
    // What a real device says of an image that doesn't verify is not public: this one says nothing.
    if (copy.verify()) at.context.event(updateVerified.command, updateVerified.subcommand, nothing);
  });
}

function stamp(packet: Packet, { flash }: At): Action {
  const version = tryDecodePayload(updateVersion.write, packet.payload);
  return ackIf(version !== null && flash.stamp(`${version.major}.${version.minor}.${version.micro}`));
}

function commit(at: At): Action {
  const { flash, context } = at;
  if (!flash.commit()) return nack(illegalValue);
  after(flash.traits.leaveMs, at, () => {
    context.restart(flash.traits.restartMs);
  });
  return ack;
}

function choose(packet: Packet, { flash }: At): Action {
  const partition = tryDecodePayload(updatePartition.write, packet.payload);
  if (partition !== null) flash.choose(partition);
  return ackIf(partition !== null);
}

const steps: ReadonlyMap<number, (packet: Packet, at: At) => Action> = new Map([
  [updatePartition.subcommand, choose],
  [updateStart.subcommand, (_: Packet, at: At) => start(at)],
  [updateCrc.subcommand, announce],
  [updateVersion.subcommand, stamp],
  [updateCommit.subcommand, (_: Packet, at: At) => commit(at)],
]);

/** Takes firmware, image by image, into a flash of two copies. GNP 0F, update protocols 7 and 16 (facts E9). */
export const firmware: Behaviour = {
  name: 'firmware',
  commands: [Command.firmware],
  onPacket: (packet, context) => {
    const { flash } = context.state;
    if (packet.command !== Command.firmware || !flash) return undefined;
    if (packet.type === PacketType.write) return steps.get(packet.subcommand ?? -1)?.(packet, { flash, context });
    return packet.type === PacketType.event && packet.subcommand === updateBlock.subcommand ? take(packet, { flash, context }) : undefined;
  },
};
