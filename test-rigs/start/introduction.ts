import type { PlatformView } from './platform-view.ts';

export interface RunFiles {
  readonly folder: string;
  readonly socket: string;
  readonly platformData: string;
}

/** What a person reads first: where everything is, and commands to copy. */
export function introduction({ folder, socket, platformData }: RunFiles, view: PlatformView, window: string): string {
  const { mqttUrl, httpUrl, organizationId, operator } = view;
  const onHeadset = `--socket ${socket} --device 70BF92000001`;
  const login = `-p ${new URL(mqttUrl).port} -u ${operator.userName} -P ${operator.password}`;
  return [
    '',
    `platform  ${httpUrl}   broker ${mqttUrl}   log files ${folder}`,
    window,
    '',
    'From a second terminal, in this folder:',
    `  npx --no-install jabra-virtual unplug ${onHeadset}`,
    `  npx --no-install jabra-virtual plug ${onHeadset}`,
    `  npx --no-install jabra-platform publish --data ${platformData} --device 24da-70bf92000001 --set sidetoneLevel=-6 --lock sidetoneLevel`,
    '  npm run login                     # log in again: what was published is applied now',
    `  npx --no-install jabra-virtual set ${onHeadset} --setting sidetoneLevel --value 3`,
    `  npx --no-install jabra-platform devices --data ${platformData} --json`,
    `  mosquitto_sub -V 311 -h 127.0.0.1 ${login} -v -t 'jabra/v1/${organizationId}/#'`,
    '',
    'Ctrl-C ends all of it.',
    '',
  ].join('\n');
}
