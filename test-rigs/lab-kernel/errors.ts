/** The lab could not be built, or its guest didn't come to an end. */
export class KernelLabError extends Error {
  override readonly name = 'KernelLabError';
}
