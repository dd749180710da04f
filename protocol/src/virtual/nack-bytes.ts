/** The refusals whose bytes are known (facts E6). */
export const nackByte = { noChild: 0xf4, noDeviceAtAddress: 0xf5, unknownCommand: 0xf6, fileNotFound: 0xf7, unknownSubcommand: 0xff } as const;
