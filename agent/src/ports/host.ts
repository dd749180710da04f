/** The group `computer` of client/1 (facts A4). Every field is what the system says, null or empty where it says nothing. */
export interface ComputerInfo {
  readonly computerName: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly ipAddresses: readonly string[];
  readonly domain: string | null;
  readonly manufacturer: string | null;
  readonly serialNumber: string | null;
}

export interface LocationInfo {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
  readonly source: string;
}

/** The computer and the person's session on it. */
export interface Host {
  /** Stable over reinstalls of the agent, different on a cloned image once the system was generalised (Windows MachineGuid, /etc/machine-id). */
  machineId(): Promise<string>;
  /** Names the login session: another login, or a reboot, gives another name. `[A-Za-z0-9_-]{1,64}`. */
  loginSessionId(): Promise<string>;
  userName(): Promise<string>;
  computer(): Promise<ComputerInfo>;
  /** Null where the system offers none or doesn't allow it. */
  location(): Promise<LocationInfo | null>;
  /** Something that `computer()` reports may have changed (network). Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
}
