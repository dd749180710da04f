import { expect, test } from 'vitest';

import { brokerUrlProblem } from './broker-url.ts';

test.each([
  'mqtts://platform.example:8883',
  'wss://platform.example/mqtt',
  'wss://platform.example:443/mqtt?tenant=a',
  'WSS://PLATFORM.EXAMPLE',
  'mqtt://127.0.0.1:1883',
  'mqtt://127.255.255.254',
  'mqtt://LOCALHOST:1883',
  'ws://localhost:8080/mqtt',
  'ws://127.1/mqtt',
  'mqtt://[::1]:1883',
  'mqtt://[0:0:0:0:0:0:0:1]:1883',
])('%s may be used', (url) => {
  expect(brokerUrlProblem(url)).toBeNull();
});

test.each([
  'mqtt://platform.example:1883',
  'ws://192.168.1.10/mqtt',
  'mqtt://128.0.0.1',
  'mqtt://localhost.example',
  'mqtt://127.0.0.1.example',
  'mqtt://127.example',
  'mqtt://[::2]',
  'mqtt://[::ffff:127.0.0.1]',
  'mqtt://0.0.0.0',
])('%s is refused because it is not encrypted', (url) => {
  expect(brokerUrlProblem(url)).toContain('not encrypted');
});

test.each([
  ['https://platform.example', 'must begin with'],
  ['mqtt+ssl://platform.example', 'must begin with'],
  ['platform.example:8883', 'must begin with'],
  ['not a url', 'not a URL'],
  ['', 'not a URL'],
  ['mqtts://', 'names no host'],
  ['mqtts://host#part', '"#"'],
])('%s is refused', (url, reason) => {
  expect(brokerUrlProblem(url)).toContain(reason);
});

test.each(['mqtts://acme:hunter2@platform.example', 'mqtt://hunter2@localhost', 'mqtt://127.0.0.1:hunter2@platform.example'])(
  '%s is refused for its credentials, which the sentence does not repeat',
  (url) => {
    expect(brokerUrlProblem(url)).toContain('user name or password');
    expect(brokerUrlProblem(url)).not.toContain('hunter2');
  },
);
