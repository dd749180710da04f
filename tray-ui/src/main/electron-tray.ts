import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, nativeTheme, Tray } from 'electron';
import type { Target } from '../bridge/index.ts';
import type { Rectangle } from './windows/place.ts';
import type { TrayEntry, TrayFace, TrayIcon } from './tray/tray-face.ts';

export interface TrayActions {
  readonly open: (target: Target) => void;
  readonly flyout: (icon: Rectangle) => void;
  readonly pair: () => void;
  readonly quit: () => void;
}

const sizes = [
  [16, 1],
  [20, 1.25],
  [24, 1.5],
  [32, 2],
] as const;

/** The icon in the notification area. What did not change is not said again. */
export class TrayView {
  readonly #tray: Tray;
  readonly #folder: string;
  readonly #actions: TrayActions;
  #shown = '';
  #face: TrayFace | null = null;
  readonly #onTheme = (): void => {
    if (this.#face) this.show(this.#face);
  };

  constructor(iconFolder: string, actions: TrayActions) {
    this.#folder = iconFolder;
    this.#actions = actions;
    this.#tray = new Tray(this.#image('normal', isTaskbarDark()));
    this.#tray.on('click', () => {
      actions.flyout(this.#tray.getBounds());
    });
    nativeTheme.on('updated', this.#onTheme);
  }

  show(face: TrayFace): void {
    this.#face = face;
    const isDark = isTaskbarDark();
    const said = JSON.stringify([face, isDark]);
    if (said === this.#shown) return;
    this.#shown = said;
    this.#tray.setImage(this.#image(face.icon, isDark));
    this.#tray.setToolTip(face.tooltip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(face.menu.map((entry) => this.#item(entry))));
  }

  close(): void {
    nativeTheme.off('updated', this.#onTheme);
    this.#tray.destroy();
  }

  #item(entry: TrayEntry): MenuItemConstructorOptions {
    const { open, pair, quit } = this.#actions;
    switch (entry.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'text':
        return { label: entry.label, enabled: false };
      case 'open':
        return {
          label: entry.label,
          click: () => {
            open(entry.target);
          },
        };
      case 'pair':
        return { label: entry.label, click: pair };
      case 'quit':
        return { label: entry.label, click: quit };
    }
  }

  #image(icon: TrayIcon, isDark: boolean): NativeImage {
    const image = nativeImage.createEmpty();
    for (const [size, scaleFactor] of sizes) {
      const file = nativeImage.createFromPath(join(this.#folder, `${icon}-${isDark ? 'white' : 'black'}-${size}.png`));
      image.addRepresentation({ scaleFactor, width: size, height: size, buffer: file.toPNG() });
    }
    return image;
  }
}

/** Windows may have a dark taskbar under light windows; only a newer Electron tells. */
function isTaskbarDark(): boolean {
  const theme: { readonly shouldUseDarkColorsForSystemIntegratedUI?: boolean; readonly shouldUseDarkColors: boolean } = nativeTheme;
  return theme.shouldUseDarkColorsForSystemIntegratedUI ?? theme.shouldUseDarkColors;
}
