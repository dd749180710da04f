export { openPackageStore, type PackageStoreOptions } from './disk-packages.ts';
