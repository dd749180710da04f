/** The computer, the account and the login session, on Windows and (for development) Linux. */
export { createHost, createSessionSource } from './host.ts';
export { windowsProxy } from './windows-proxy.ts';
