import { toHex } from '../../../bytes/index.ts';
import {
  blocksPerAcknowledgement,
  deleteFile,
  fileBlockLength,
  fileChecksum,
  fileChecksumRequest,
  fileFirstBlock,
  fileNextBlock,
  startFileUpdate,
  upgradeFileName,
} from '../../../messages/file.ts';
import { dfuProductId, firmwareVersion } from '../../../messages/identity.ts';
import type { Message, ReplyOf } from '../../../messages/message.ts';
import { videoIdle, videoStatus } from '../../../messages/video.ts';
import { DeviceError } from '../../../session/errors.ts';
import { type RequestOptions, type Session } from '../../../session/session.ts';
import { longReceiveMs } from '../../../session/timing.ts';
import type { UpdateConnection, UpdateHost } from '../../update/index.ts';
import { type FileUpdateEvent, type FileUpdatePlan, type FileUpdateState, type FileUpdateStep, watchMs, windowEnd } from './machine.ts';
import type { StartNote } from './note.ts';
import { fileUpdateTiming } from './timing.ts';
import { Watch } from './watch.ts';

const done: FileUpdateEvent = { kind: 'done' };

/** Errors of a device are events; any other one is a defect, or the host's own. */
function eventOf(error: unknown): FileUpdateEvent {
  if (!(error instanceof DeviceError)) throw error;
  switch (error.code) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'disconnected':
      return { kind: 'lost', error };
    case 'rejected':
    case 'unsupported':
      return { kind: 'refused', error };
    case 'timeout':
    case 'malformed':
      return { kind: 'silent', error };
  }
}

/**
 * Does what the machine says, on a device.
 *
 * INVARIANTS: at most one connection is open. Requests that only ask, or that end in the same state when they are carried out twice, are repeated by the
 * session; blocks and the start are sent once.
 */
export class FileUpdateExecutor {
  readonly #plan: FileUpdatePlan;
  readonly #content: Uint8Array;
  readonly #host: UpdateHost;
  readonly #watch: Watch;
  #connection: UpdateConnection | null = null;
  readonly #executors: { readonly [S in FileUpdateStep]: (state: FileUpdateState) => Promise<FileUpdateEvent> } = {
    connect: () => this.#connect(),
    identify: () => this.#identify(this.#cancellable),
    settle: () => this.#status(),
    compare: () => this.#checksum(),
    remove: () => this.#remove(),
    begin: () => this.#begin(),
    send: (state) => this.#send(state),
    verify: () => this.#checksum(),
    ready: () => this.#status(),
    start: () => this.#start(),
    install: (state) => this.#install(state),
    prove: () => this.#identify({}),
    wait: (state) => this.#wait(state),
  };

  constructor(plan: FileUpdatePlan, content: Uint8Array, host: UpdateHost) {
    this.#plan = plan;
    this.#content = content;
    this.#host = host;
    this.#watch = new Watch(host);
  }

  /** Rejects with what isn't a `DeviceError` only: the journal's errors, and defects. */
  async execute(state: FileUpdateState): Promise<FileUpdateEvent> {
    if (!state.installing && this.#host.signal?.aborted) return { kind: 'cancelled' };
    try {
      return await this.#executors[state.step](state);
    } catch (error) {
      return eventOf(error);
    }
  }

  async close(): Promise<void> {
    this.#watch.end();
    await this.#disconnect();
  }

  get #cancellable(): RequestOptions {
    return this.#host.signal ? { signal: this.#host.signal } : {};
  }

  get #open(): UpdateConnection {
    if (!this.#connection) throw new DeviceError('disconnected', 'the device is not connected');
    return this.#connection;
  }

  async #connect(): Promise<FileUpdateEvent> {
    await this.#disconnect();
    this.#watch.look();
    this.#connection = await this.#reach();
    return this.#connection ? done : { kind: 'absent' };
  }

  /** Whatever keeps it from being opened may pass, as its absence does. */
  async #reach(): Promise<UpdateConnection | null> {
    try {
      return await this.#host.target.connect();
    } catch {
      return null;
    }
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    try {
      await connection?.close();
    } catch {
      // It is gone either way.
    }
  }

  /** A refusal is an answer as well: what it doesn't say can't be what is wanted. */
  async #identify(options: RequestOptions): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    return {
      kind: 'identity',
      version: await readOrNull(session, firmwareVersion, address, options),
      dfuProductId: await readOrNull(session, dfuProductId, address, options),
    };
  }

  async #status(): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    return { kind: 'status', idle: (await session.read(videoStatus, address, this.#cancellable)) === videoIdle };
  }

  /** MD5 of a large file takes a device a while. */
  async #checksum(): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    const options = { ...this.#cancellable, timing: { receiveMs: longReceiveMs } };
    // What it answers to the announcement says nothing (fwupd ignores it).
    await readOrNull(session, fileChecksumRequest, address, options);
    const checksum = await readOrNull(session, fileChecksum, address, options);
    return { kind: 'checksum', md5: checksum && toHex(checksum.md5) };
  }

  async #remove(): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    try {
      await session.write(deleteFile, address, upgradeFileName, this.#cancellable);
    } catch (error) {
      if (!(error instanceof DeviceError) || error.reason !== 'file-not-found') throw error;
    }
    return done;
  }

  async #begin(): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    await session.write(fileFirstBlock, address, { size: this.#content.length, name: upgradeFileName }, this.#cancellable);
    return done;
  }

  async #send(state: FileUpdateState): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    const options = this.#cancellable;
    const acknowledged = { ...options, timing: { attempts: 1, receiveMs: fileUpdateTiming.acknowledgeMs } };
    const posted = { ...options, numbered: true };
    const end = windowEnd(state.block, this.#plan.size);
    for (let number = state.block; number < end; number += 1) {
      const offset = number * fileBlockLength;
      const value = { id: number & 0xff, data: this.#content.subarray(offset, offset + fileBlockLength) };
      if ((number + 1) % blocksPerAcknowledgement === 0) await session.write(fileNextBlock, address, value, acknowledged);
      else await session.post(fileNextBlock, address, value, posted);
    }
    return done;
  }

  async #start(): Promise<FileUpdateEvent> {
    const { session, address } = this.#open;
    const note: StartNote = { kind: 'file-update-started', md5: this.#plan.md5, at: this.#host.clock.now() };
    await this.#host.journal?.save(note);
    await session.write(startFileUpdate, address, undefined, { timing: { attempts: 1 } });
    return done;
  }

  async #install(state: FileUpdateState): Promise<FileUpdateEvent> {
    const left = await this.#watch.untilClosed(this.#open.session, watchMs(state, this.#host.clock.monotonic()));
    return { kind: left ? 'left' : 'elapsed' };
  }

  async #wait({ wait, installing }: FileUpdateState): Promise<FileUpdateEvent> {
    await this.#watch.pause(wait?.ms ?? 0, wait?.next === 'connect', installing === null);
    return !installing && this.#host.signal?.aborted ? { kind: 'cancelled' } : done;
  }
}

async function readOrNull<M extends Message>(session: Session, message: M, address: number, options: RequestOptions): Promise<ReplyOf<M> | null> {
  try {
    return await session.read<M>(message, address, options);
  } catch (error) {
    if (error instanceof DeviceError && (error.code === 'rejected' || error.code === 'malformed')) return null;
    throw error;
  }
}
