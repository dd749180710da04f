/** A test that runs in the guest: it fails by throwing. */
export interface KernelTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export const kernelTest = (name: string, run: () => Promise<void>): KernelTest => ({ name, run });

/** What the guest tells of one test, a line of `results.jsonl` each. */
export interface KernelTestResult {
  readonly name: string;
  readonly milliseconds: number;
  /** Stack or text, null where it passed. */
  readonly failure: string | null;
}
