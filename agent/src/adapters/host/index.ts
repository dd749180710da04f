/** The computer, the account and the login session, on Windows and (for development) Linux. */
export { createHost } from './host.ts';
export { windowsProxy } from './windows-proxy.ts';
