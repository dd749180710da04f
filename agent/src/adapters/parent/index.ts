export { openParentPipe, type ParentProcess } from './parent-pipe.ts';
