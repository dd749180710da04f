import { detach } from './fwupd/detach.ts';
import { differential } from './fwupd/differential.ts';
import { installBlob } from './fwupd/install-blob.ts';
import { localInstall } from './fwupd/local-install.ts';
import { sideBySide } from './fwupd/side-by-side.ts';
import type { KernelTest } from './kernel-test.ts';
import { silent } from './sound.ts';

/** A client that the vendor wrote, on real USB. */
export const fwupd: readonly KernelTest[] = silent([...differential, ...detach, ...installBlob, ...localInstall, ...sideBySide]);
