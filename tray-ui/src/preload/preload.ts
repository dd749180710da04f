import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { callChannel, eventChannel, portName } from '../bridge/channels.ts';

/** All that a window can do besides showing: ask main by name, and hear what main tells. Main judges every word of it. */
contextBridge.exposeInMainWorld(portName, {
  call: (name: string, args: unknown): Promise<unknown> => ipcRenderer.invoke(callChannel, name, args),
  on: (name: string, listener: (payload: unknown) => void): (() => void) => {
    const hear = (_: IpcRendererEvent, event: { readonly name: string; readonly payload: unknown }): void => {
      if (event.name === name) listener(event.payload);
    };
    ipcRenderer.on(eventChannel, hear);
    return () => {
      ipcRenderer.removeListener(eventChannel, hear);
    };
  },
});
