/** Where this process stands among the login sessions of the computer. */
export interface SessionSource {
  /**
   * Whether a person uses the login session of this process now, at the computer itself or from afar. A locked screen is in use; a session that another
   * one was switched to is not. True where the system doesn't tell, or the process belongs to no session.
   */
  isActive(): Promise<boolean>;
  /** Asking again is worth it. A system that can't tell never calls. Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
}

/** Those who wait for their turn on the same state folder, in whatever login session. */
export interface WaitingRoom {
  /** This process waits, and is in use: whoever isn't should let it in. To be said again at each look. Never rejects. */
  enter(): Promise<void>;
  /** It doesn't wait any more. Never rejects. */
  leave(): Promise<void>;
  /** Whether somebody else waits. Never rejects. */
  isSomebodyWaiting(): Promise<boolean>;
}
