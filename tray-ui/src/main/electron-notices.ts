import { Notification } from 'electron';
import type { NoticeAction, NoticeText } from './notices/notice-words.ts';

export interface NoticeListener {
  readonly onClick: () => void;
  readonly onAction: (action: NoticeAction) => void;
}

/** Shows notifications of the system, without sound. What it shows is kept until the person or the system has put it away. */
export class Notices {
  readonly #shown = new Set<Notification>();

  show({ title, body, buttons }: NoticeText, { onClick, onAction }: NoticeListener): void {
    if (!Notification.isSupported()) return;
    const actions = buttons.map(({ text }) => ({ type: 'button' as const, text }));
    const notification = new Notification({ title, body, silent: true, actions });
    this.#shown.add(notification);
    const gone = (): void => {
      this.#shown.delete(notification);
    };
    notification.on('close', gone);
    notification.on('failed', gone);
    notification.on('click', () => {
      gone();
      onClick();
    });
    notification.on('action', (details, index) => {
      gone();
      // Older versions of Electron give the index beside the event.
      const button = buttons[details.actionIndex ?? index];
      if (button) onAction(button.action);
    });
    notification.show();
  }
}
