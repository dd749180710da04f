/** Folders, logs and bundles: files that are looked at, or written once, from outside of the running agent. */
export { examineFolder, listFolder } from './examine-folder.ts';
export { FilesError, type FilesErrorCode } from './errors.ts';
export { installedVersions } from './installed-versions.ts';
export { readLogs } from './read-logs.ts';
export { assertNew, writeZip, zipOf } from './write-zip.ts';
