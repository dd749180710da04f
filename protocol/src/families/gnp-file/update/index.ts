export { fileUpdateTiming } from './timing.ts';
export { type FileUpdateHost, updateByFile, type UpgradeFile } from './update-by-file.ts';
