import { fileURLToPath } from 'node:url';

/** The project's root, from source and from what was compiled of it. */
const root = new URL(import.meta.url.includes('/test-rigs/dist/') ? '../../../' : '../../', import.meta.url);

/** A file of the project, by its path from the root. */
export const projectFile = (path: string): string => fileURLToPath(new URL(path, root));
