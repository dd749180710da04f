import { u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { fwupdFile, message } from './message.ts';

/** What a video bar says while nothing keeps it from an update. */
export const videoIdle = 0;

/** What a video bar is doing: `videoIdle`, or a number that means busy. GNP 26/1D, fwupd jabra-file. */
export const videoStatus = message({
  name: 'video status',
  command: Command.video,
  subcommand: 0x1d,
  reply: u8(),
  provenance: [fwupdFile],
});
