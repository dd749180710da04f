/** A test that runs in the guest: it fails by throwing. What it resolves to, if anything, is shown beside its result. */
export interface KernelTest {
  readonly name: string;
  readonly run: () => Promise<string | void>;
}

export const kernelTest = (name: string, run: KernelTest['run']): KernelTest => ({ name, run });

/** What the guest tells of one test, a line of its results each. */
export interface KernelTestResult {
  readonly name: string;
  readonly milliseconds: number;
  /** Stack or text, null where it passed. */
  readonly failure: string | null;
  /** What it measured, null where it is about nothing but right and wrong. */
  readonly note: string | null;
}
