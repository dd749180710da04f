/** Of this agent, as `client/1` and `--version` tell it; a test holds it against package.json. */
export const version = '0.1.0';
