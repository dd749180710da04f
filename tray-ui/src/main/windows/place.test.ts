import { describe, expect, it } from 'vitest';
import { firstPlace, flyoutPlace, placeOnScreens } from './place.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };

describe('the place of the window', () => {
  it('is the remembered one where a screen shows it', () => {
    const place = { x: 300, y: 200, width: 1000, height: 700, isMaximized: false };
    expect(placeOnScreens(place, [screen])).toEqual(place);
  });

  it('is left to the system where its screen is gone', () => {
    const place = { x: 2500, y: 200, width: 1000, height: 700, isMaximized: true };
    expect(placeOnScreens(place, [screen])).toEqual({ ...place, x: null, y: null });
    expect(placeOnScreens({ ...place, x: 300, y: -50 }, [screen])).toMatchObject({ x: null, y: null });
    expect(placeOnScreens({ ...place, x: 1850, y: 0 }, [screen])).toMatchObject({ x: null });
  });

  it('is not larger than the largest screen', () => {
    expect(placeOnScreens({ ...firstPlace, width: 4000, height: 3000 }, [screen])).toMatchObject({ width: 1920, height: 1040 });
  });

  it('of the flyout is at the corner of the taskbar', () => {
    const size = { width: 360, height: 400 };
    expect(flyoutPlace({ x: 1700, y: 1045, width: 24, height: 24 }, screen, size)).toEqual({ ...size, x: 1548, y: 628 });
    expect(flyoutPlace({ x: 1700, y: 5, width: 24, height: 24 }, { ...screen, y: 40 }, size)).toMatchObject({ y: 52 });
    expect(flyoutPlace({ x: 5, y: 900, width: 24, height: 24 }, { ...screen, x: 48, width: 1872 }, size)).toMatchObject({ x: 60 });
    expect(flyoutPlace({ x: 0, y: 0, width: 0, height: 0 }, screen, size)).toEqual({ ...size, x: 1548, y: 628 });
  });
});
