/** Names alone, so that preload carries no schema library. */
export const callChannel = 'jpd:call';
export const eventChannel = 'jpd:event';
/** The property of `window` under which preload puts the port. */
export const portName = 'jpdBridge';
