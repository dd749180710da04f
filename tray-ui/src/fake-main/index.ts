/** Main in memory, and every picture of the design as a state of it: for the dev server and the tests of the pages. */
export { FakeMain } from './fake-main.ts';
export { situationTime } from './clock.ts';
export { isSituation, type Situation, type SituationName, situations } from './situations.ts';
