/** The computer, the account and the login session, on Windows and (for development) Linux. */
export { HostError } from './errors.ts';
export { createHost } from './host.ts';
