import { MemoryPackages, MemoryWeb, PackageDisk } from '../../core/testing/memory-packages.ts';
import { describePackageStore } from './testing/describe-package-store.ts';

describePackageStore('the package store of tests', () => {
  const [web, disk] = [new MemoryWeb(), new PackageDisk()];
  return Promise.resolve({
    open: () => Promise.resolve(new MemoryPackages({ web, disk })),
    offer: (name, content, manner) => web.offer(`https://packages.example/${name}`, content, manner),
    requests: ({ url }) => web.requests.get(url) ?? 0,
    pause: () => web.pause(),
    resume: () => web.resume(),
    damage: (reference) => Promise.resolve(disk.damage(reference)),
    remove: () => Promise.resolve(),
  });
});
