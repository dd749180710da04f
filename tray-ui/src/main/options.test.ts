import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('options are found among the switches of Chromium, in any order', () => {
  const words = ['--no-sandbox', '--inspect=0', '/opt/app', '--login-session=login-1', '--enable-features=x', '--config=/etc/a.json', '--background'];
  expect(readOptions(words, {})).toEqual({ config: '/etc/a.json', loginSession: 'login-1', isInBackground: true, hasTrayIcon: true });
});

it('there is an icon, and no file is named, unless somebody says so', () => {
  expect(readOptions([], {})).toEqual({ config: null, loginSession: null, isInBackground: false, hasTrayIcon: true });
  expect(readOptions(['--no-tray-icon'], {}).hasTrayIcon).toBe(false);
  expect(readOptions([], { NO_TRAYICON: 'yes' }).hasTrayIcon).toBe(false);
  expect(readOptions([], { NO_TRAYICON: 'NO' }).hasTrayIcon).toBe(true);
});
