/** Reads the Windows registry. Elsewhere there is none, and every key is empty. */
export interface RegistryReader {
  /**
   * The values directly below `key`, such as `HKLM\Software\Jabra\JabraPlusDesktop`, by the name that the registry shows (compare it without case);
   * empty where the key doesn't exist. REG_SZ and REG_EXPAND_SZ (expanded) are strings, REG_DWORD a number, REG_BINARY lower-case hexadecimal;
   * other types are left out. Rejects where the key exists and cannot be read.
   */
  values(key: string): Promise<ReadonlyMap<string, string | number>>;
}
