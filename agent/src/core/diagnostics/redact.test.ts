import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../ports/index.ts';
import { Redactor, type SensitiveValues } from './redact.ts';

const nothing: SensitiveValues = { secrets: [], userNames: [], computerNames: [], addresses: [] };
const redactor = (values: Partial<SensitiveValues> = {}): Redactor => new Redactor({ ...nothing, ...values });
const text = (input: string, values: Partial<SensitiveValues> = {}): string => redactor(values).text(input);
const base64 = (input: string): string => Buffer.from(input).toString('base64');
const hex = (input: string): string => Buffer.from(input).toString('hex');

describe('a known secret', () => {
  const secret = 'tök"en/4+2 \\x';
  const clean = (input: string): string => text(input, { secrets: [secret] });

  // Written out by hand: what other programs make of tök"en/4+2 \x
  it.each([
    ['as it is', `a${secret}b`, 'a[redacted]b'],
    ['in upper case', 'aTÖK"EN/4+2 \\Xb', 'a[redacted]b'],
    ['in JSON', String.raw`{"t":"tök\"en/4+2 \\x"}`, '{"t":"[redacted]"}'],
    ['in JSON in JSON', String.raw`"{\"t\":\"tök\\\"en/4+2 \\\\x\"}"`, String.raw`"{\"t\":\"[redacted]\"}"`],
    ['in JSON of ASCII only', String.raw`t\u00f6k\"en\/4+2 \\x`, '[redacted]'],
    ['percent-encoded', 'x=t%C3%B6k%22en%2F4%2B2%20%5Cx&y', 'x=[redacted]&y'],
    ['percent-encoded as a form', 'x=t%c3%b6k%22en%2f4%2b2+%5cx', 'x=[redacted]'],
    ['percent-encoded twice', 't%25C3%25B6k%2522en%252F4%252B2%2520%255Cx', '[redacted]'],
    ['in hexadecimal digits', '74c3b66b22656e2f342b32205c78', '[redacted]'],
  ])('is taken out %s', (_name, input, expected) => {
    expect(clean(input)).toBe(expected);
  });

  it('is taken out of base64 wherever it stands in it', () => {
    for (const before of ['', 'a', 'ab', 'user:']) {
      const encoded = base64(`${before}${secret}!`);
      expect(clean(`Authorization ${encoded}`)).not.toContain(encoded.slice(Math.ceil((before.length * 4) / 3) + 1, -5));
      expect(clean(encoded)).toContain('[redacted]');
    }
  });

  it('is taken out as a number too', () => {
    expect(redactor({ secrets: ['271828'] }).document({ pin: 1_271_828_000, other: 5 })).toBe('{\n  "pin": "[redacted]",\n  "other": 5\n}\n');
  });
});

describe('what looks like a secret', () => {
  it.each([
    ['https://joe:pa55@proxy.example:3128', 'https://[redacted]@proxy.example:3128'],
    ['PUT https://store.example/x?X-Amz-Signature=abc&sig=def&n=1', 'PUT https://store.example/x?X-Amz-Signature=[redacted]&sig=[redacted]&n=1'],
    ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9', 'Authorization: Bearer [redacted]'],
    [String.raw`body {\"password\":\"hunter2\"}`, String.raw`body {\"password\":\"[redacted]\"}`],
    ['enrollment_token=abc def', 'enrollment_token=[redacted] def'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\nnext', '-----BEGIN EC PRIVATE KEY-----[redacted]\nnext'],
  ])('is taken out of "%s"', (input, expected) => {
    expect(text(input)).toBe(expected);
  });

  it('is taken out of fields by their names, whatever the value', () => {
    const document: Json = { enrollmentToken: 'x', X_Api_Key: 7, credentials: { a: 1 }, token: null, tokenExpired: true, passwords: ['a'] };
    expect(JSON.parse(redactor().document(document))).toEqual({
      enrollmentToken: '[redacted]',
      X_Api_Key: '[redacted]',
      credentials: '[redacted]',
      token: null,
      tokenExpired: true,
      passwords: '[redacted]',
    });
  });
});

describe('names', () => {
  const values = { userNames: ['anna', 'Mads Jensen'], computerNames: ['PC-17'] };

  it.each([
    ['anna logged in, ANNA too', '[user] logged in, [user] too'],
    [String.raw`ACME\anna on \\pc-17\share`, String.raw`ACME\[user] on \\[computer]\share`],
    ['run%2Fuser%2Fanna%2Fx', 'run%2Fuser%2F[user]%2Fx'],
    [String.raw`first\nanna\nlast`, String.raw`first\n[user]\nlast`],
    ['by Mads Jensen, mads jensens', 'by [user], [user]s'],
    ['savanna and annabel', 'savanna and annabel'],
  ])('are taken out as words, long ones within words: "%s"', (input, expected) => {
    expect(text(input, values)).toBe(expected);
  });

  it.each([
    ['/home/erik/.config and /home/erik', '/home/[user]/.config and /home/[user]'],
    [String.raw`C:\Users\Erik Olsen\AppData`, String.raw`C:\Users\[user]\AppData`],
    [String.raw`"C:\\Users\\erik\\AppData"`, String.raw`"C:\\Users\\[user]\\AppData"`],
    ['file:///Users/erik/x', 'file:///Users/[user]/x'],
    ['%2Fhome%2Ferik%2Fx', '%2Fhome%2F[user]%2Fx'],
    [String.raw`C:\Users\Public\Documents`, String.raw`C:\Users\Public\Documents`],
    ['https://console.example/users/7', 'https://console.example/users/7'],
  ])('of home folders are taken out: "%s"', (input, expected) => {
    expect(text(input)).toBe(expected);
  });

  it('in accounts of directories are taken out', () => {
    expect(text('S-1-5-21-1004336348-1177238915-682003330-512 is erik.olsen@acme.example')).toBe('[user] is [mail]');
  });

  it('of the system and of this program stay, since they stand in every other line', () => {
    expect(text('the system runs jabra-agent', { userNames: ['SYSTEM', 'jabra-agent'] })).toBe('the system runs jabra-agent');
  });

  it('and places are taken out of fields by their names', () => {
    const document: Json = {
      userName: 'erik',
      computerName: 'x',
      hostname: 'y',
      location: { latitude: 55.7, longitude: 12.5 },
      metadata: { userName: true },
    };
    expect(JSON.parse(redactor().document(document))).toEqual({
      userName: '[user]',
      computerName: '[computer]',
      hostname: '[computer]',
      location: '[place]',
      metadata: { userName: true },
    });
  });
});

describe('a log', () => {
  it('is redacted line by line, and stays JSON where it was', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMHcCAQEE\n-----END PRIVATE KEY-----';
    const log = `{"message":"from 10.0.0.17","userName":"erik"}\n{half a line 10.0.0.17\n${key}\n{"n":1}\n`;
    expect(redactor().log(log)).toBe(
      '{"message":"from [ip]","userName":"[user]"}\n{half a line [ip]\n-----BEGIN PRIVATE KEY-----[redacted]\n{"n":1}\n',
    );
  });
});

describe('whatever is planted', () => {
  /** Every way in which a log or a document comes to hold a value. */
  const carriers: Readonly<Record<string, (value: string) => string>> = {
    plain: (value) => `before ${value} after`,
    json: (value) => JSON.stringify({ message: `before ${value} after` }),
    'JSON in JSON': (value) => JSON.stringify({ body: JSON.stringify({ inner: value }) }),
    'a field name': (value) => JSON.stringify({ [value]: 1 }),
    percent: (value) => `?x=${encodeURIComponent(value)}&y=1`,
    base64: (value) => base64(`x${value}y`),
    base64url: (value) => Buffer.from(`${value}yz`).toString('base64url'),
    hex: (value) => hex(value),
    'basic authentication': (value) => `Authorization: Basic ${base64(`user:${value}`)}`,
    path: (value) => `/srv/${value}/file`,
  };
  const spellings = (value: string): readonly string[] => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    base64(value).replace(/=+$/, '').slice(0, -1),
    Buffer.from(value).toString('base64url').slice(0, -1),
    hex(value),
  ];
  const noTrace = (output: string, value: string): void => {
    for (const spelling of spellings(value)) expect(output).not.toContain(spelling);
  };
  const carrier = fc.constantFrom(...Object.keys(carriers));
  // Long enough to be no word of the sentences around it.
  const secret = fc
    .string({ minLength: 9, maxLength: 40, unit: 'binary' })
    .filter((value) => value.trim().length > 8 && value === value.trim() && !/[\uD800-\uDFFF]/.test(value) && !/^[\d\s]*$/.test(value));
  const name = fc
    .stringMatching(/^[a-zA-Zæøåéß][a-zæøå]{3,12}(?:[ ._-][A-Za-zæøå]{2,10})?$/)
    .filter((value) => !/before|after|message|basic|user|inner|file|author/i.test(value) && value.length > 4);

  it('as a secret leaves no trace', () => {
    fc.assert(
      fc.property(secret, carrier, (value, how) => {
        const input = carriers[how]?.(value) ?? '';
        const { log, document } = {
          log: redactor({ secrets: [value] }).log(`${input}\n`),
          document: redactor({ secrets: [value] }).document({ text: input, deep: [{ text: input }] }),
        };
        noTrace(log, value);
        noTrace(document, value);
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  it('as a name leaves no trace', () => {
    fc.assert(
      fc.property(name, carrier, fc.boolean(), (value, how, isUser) => {
        const input = carriers[how]?.(value) ?? '';
        const known = isUser ? { userNames: [value] } : { computerNames: [value] };
        noTrace(redactor(known).log(`${input}\n`), value);
        noTrace(redactor(known).document({ text: input }), value);
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  it('comes out the same when it is redacted again', () => {
    const values = { secrets: ['s3cr3t-t0ken'], userNames: ['anna', 'Mads Jensen'], computerNames: ['PC-17'], addresses: ['10.0.0.17'] };
    const word = fc.constantFrom(
      's3cr3t-t0ken',
      'anna',
      'Mads Jensen',
      'pc-17',
      '10.0.0.17',
      'fe80::17',
      'token=',
      'https://a:b@host',
      '/home/erik',
      '?sig=',
      '"',
      '\\',
      '\n',
      ' ',
      '{',
      'x',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const once = text(words.join(' '), values);
        expect(text(once, values)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});
