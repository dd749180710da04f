import { expect, test } from 'vitest';

import { apiUrlProblem, brokerUrlProblem } from './broker-url.ts';

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

test.each(['https://platform.example', 'https://platform.example:8443/tenant', 'http://127.0.0.1:8080', 'http://[::1]/', 'HTTP://LOCALHOST'])(
  '%s may be the platform’s API',
  (url) => {
    expect(apiUrlProblem(url)).toBeNull();
  },
);

test.each([
  ['http://platform.example', 'not encrypted'],
  ['http://localhost.example', 'not encrypted'],
  ['ftp://127.0.0.1', 'https://'],
  ['wss://platform.example', 'https://'],
  ['platform.example', 'not a URL'],
  ['https://platform.example/?tenant=a', '"?"'],
  ['https://platform.example/#a', '"#"'],
  ['https://me:hunter2@platform.example', 'user name or password'],
])('%s may not be the platform’s API: %s', (url, reason) => {
  expect(apiUrlProblem(url)).toContain(reason);
  expect(apiUrlProblem(url)).not.toContain('hunter2');
});
