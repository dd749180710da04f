import { openBridge } from '../bridge/index.ts';
import { FakeMain, isSituation, situations, situationTime } from '../fake-main/index.ts';
import { start } from '../renderer/start.tsx';

declare global {
  interface Window {
    /** For tests in a browser and for the console: what main would say next. */
    fakeMain?: FakeMain;
    situations?: typeof situations;
  }
}

/** `?situation=firmware-ready&language=de`: any picture of the design, alive. `time=real` for the clock on the wall. */
const query = new URLSearchParams(window.location.search);
const name = query.get('situation') ?? 'devices';
const situation = situations[isSituation(name) ? name : 'devices'];
const language = query.get('language');
const main = new FakeMain(situation);
window.fakeMain = main;
window.situations = situations;
start(document, {
  bridge: openBridge(main),
  view: situation.view,
  start: situation.place,
  clock: query.get('time') === 'real' ? Date.now : () => situationTime,
  timeZone: 'UTC',
  systemLanguages: language === null ? navigator.languages : [language],
});
