import { z } from 'zod';

export const placeSchema = z.object({
  x: z.int().nullable(),
  y: z.int().nullable(),
  width: z.int().min(560).max(10_000),
  height: z.int().min(480).max(10_000),
  isMaximized: z.boolean(),
});

/** Where the window was, and how large. */
export type WindowPlace = z.infer<typeof placeSchema>;
export const smallestWindow = { width: 560, height: 480 } as const;
export const firstPlace: WindowPlace = { x: null, y: null, width: 920, height: 640, isMaximized: false };

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of the title bar must be on a screen for a person to take hold of it. */
const graspable = { width: 120, height: 32 };

/** The place to open at: the remembered one where a screen still shows its title bar, else the same size wherever the system puts it. */
export function placeOnScreens(place: WindowPlace, workAreas: readonly Rectangle[]): WindowPlace {
  const { x, y } = place;
  const widest = Math.max(smallestWindow.width, ...workAreas.map(({ width }) => width));
  const highest = Math.max(smallestWindow.height, ...workAreas.map(({ height }) => height));
  const size = { width: Math.min(place.width, widest), height: Math.min(place.height, highest), isMaximized: place.isMaximized };
  if (x === null || y === null) return { ...size, x: null, y: null };
  const isGraspable = workAreas.some((area) => {
    const width = Math.min(x + size.width, area.x + area.width) - Math.max(x, area.x);
    return width >= graspable.width && y >= area.y && y + graspable.height <= area.y + area.height;
  });
  return isGraspable ? { ...size, x, y } : { ...size, x: null, y: null };
}

/** From the taskbar's corner. */
const flyoutGap = 12;

/** Where the flyout stands: above (or below, beside) the icon's corner of the work area, whole on the screen. */
export function flyoutPlace(icon: Rectangle, area: Rectangle, size: { readonly width: number; readonly height: number }): Rectangle {
  const isKnown = icon.width > 0 && icon.height > 0;
  const isOnTop = isKnown && icon.y + icon.height <= area.y;
  const isLeft = isKnown && icon.x + icon.width <= area.x;
  const right = area.x + area.width - size.width - flyoutGap;
  const bottom = area.y + area.height - size.height - flyoutGap;
  return { ...size, x: isLeft ? area.x + flyoutGap : right, y: isOnTop ? area.y + flyoutGap : bottom };
}
