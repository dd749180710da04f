import { type BrowserWindow, ipcMain } from 'electron';
import {
  answerCall,
  callChannel,
  eventChannel,
  type EventName,
  type EventPayload,
  eventToSend,
  type Handlers,
  type OnRefused,
} from '../bridge/index.ts';

export interface IpcOptions {
  readonly origin: string;
  /** What main does for the window with this id. */
  readonly handlersFor: (webContentsId: number) => Handlers;
  readonly onRefused: OnRefused;
}

/** Answers the calls of our windows; who speaks is judged before anything is looked at. */
export function listenToWindows({ origin, handlersFor, onRefused }: IpcOptions): void {
  ipcMain.handle(callChannel, ({ sender, senderFrame }, name: unknown, args: unknown) => {
    // A frame that has gone in the meantime is nobody.
    const who = senderFrame === null ? { url: '', isMainFrame: false } : { url: senderFrame.url, isMainFrame: senderFrame.parent === null };
    return answerCall(handlersFor(sender.id), { sender: who, name, args }, { origin, onRefused });
  });
}

export function tellWindow<N extends EventName>(window: BrowserWindow, name: N, payload: EventPayload<N>): void {
  if (!window.isDestroyed()) window.webContents.send(eventChannel, eventToSend(name, payload));
}
