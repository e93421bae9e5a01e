import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ClarionError } from '@clarion/model';

import { readConfig, type ProcessEnvironment } from './read-config';
import {
  duration,
  flag,
  fraction,
  integer,
  list,
  oneOf,
  port,
  setting,
  size,
  text,
  url,
  type TextSchema,
} from './setting';

const settings = {
  apiPort: setting('CLARION_API_PORT', port(), { about: 'Port of the API', default: '8080' }),
  natsUrl: setting('CLARION_NATS_URL', url(['nats', 'tls']), { about: 'Address of NATS' }),
  secret: setting('CLARION_SECRET', text(), { about: 'Key of the API', secret: true, optional: true }),
  level: setting('CLARION_LEVEL', oneOf(['info', 'debug']), { about: 'Log level', optional: true }),
};

function errorOf(env: ProcessEnvironment): ClarionError {
  try {
    readConfig(settings, env);
  } catch (error) {
    if (error instanceof ClarionError) return error;
  }
  throw new Error('no ClarionError was thrown');
}

describe('readConfig', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'clarion-config-'))));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('returns values by option, defaults of the same schema, and undefined for optional settings', () => {
    const { config, warnings } = readConfig(settings, { CLARION_NATS_URL: 'nats://a:4222', CLARION_LEVEL: '' });
    expect(config).toEqual({ apiPort: 8080, natsUrl: 'nats://a:4222', secret: undefined, level: undefined });
    expect(warnings).toEqual([]);
    const typed: number = config.apiPort;
    expect(typed).toBe(8080);
  });

  it('reports all errors at once', () => {
    const { code, message, remedy } = errorOf({ CLARION_API_PORT: '99999', CLARION_LEVEL: 'loud' });
    expect(code).toBe('invalid-input');
    expect(message).toBe(
      'Wrong configuration: CLARION_API_PORT must be from 0 to 65535; CLARION_NATS_URL is missing: Address of NATS; ' +
        'CLARION_LEVEL must be one of info, debug',
    );
    expect(remedy).toContain('docs/configuration.md');
  });

  it('reads a secret from a file, without the line break at its end', () => {
    const file = path.join(folder, 'secret');
    writeFileSync(file, 'two words\n');
    const { config, warnings } = readConfig(settings, { CLARION_NATS_URL: 'tls://a', CLARION_SECRET_FILE: file });
    expect(config.secret).toBe('two words');
    expect(warnings).toEqual([]);
  });

  it.each([
    ['a missing file', { CLARION_SECRET_FILE: '/nowhere/at/all' }, 'CLARION_SECRET_FILE cannot be read: ENOENT'],
    [
      'both',
      { CLARION_SECRET_FILE: '/x', CLARION_SECRET: 'hunter2' },
      'CLARION_SECRET and CLARION_SECRET_FILE are both set',
    ],
    ['a folder', { CLARION_SECRET_FILE: tmpdir() }, 'CLARION_SECRET_FILE cannot be read: EISDIR'],
  ])('rejects %s for a secret', (_, env, message) => {
    expect(errorOf({ CLARION_NATS_URL: 'nats://a', ...env }).message).toContain(message);
  });

  it('rejects a secret file that is too large', () => {
    const file = path.join(folder, 'large');
    writeFileSync(file, 'x'.repeat(65_537));
    const { message } = errorOf({ CLARION_NATS_URL: 'nats://a', CLARION_SECRET_FILE: file });
    expect(message).toBe(
      'Wrong configuration: CLARION_SECRET_FILE cannot be read: it has 65537 bytes, at most 64 KiB are read',
    );
  });

  it('never repeats a secret', () => {
    const pin = setting('CLARION_PIN', oneOf(['a']), { about: 'Pin', secret: true });
    const wrong = (): unknown => readConfig({ pin }, { CLARION_PIN: 'hunter2' });
    expect(wrong).toThrow('CLARION_PIN is not valid');
    expect(wrong).not.toThrow('hunter2');
  });

  it('warns of variables that nothing reads, but not of those that Kubernetes sets', () => {
    const { warnings } = readConfig(settings, {
      CLARION_NATS_URL: 'nats://a',
      CLARION_NATS_PORT: 'tcp://10.0.0.1:4222',
      CLARION_NATS_PORT_4222_TCP_ADDR: '10.0.0.1',
      CLARION_NATS_SERVICE_HOST: '10.0.0.1',
      CLARION_NATS_SERVICE_PORT_CLIENT: '4222',
      CLARION_API_PROT: '1',
      CLARION_WEBHOOKS: 'x',
      PATH: '/bin',
    });
    expect(warnings).toEqual([
      'CLARION_API_PROT is set, but nothing reads it; is CLARION_API_PORT meant?',
      'CLARION_WEBHOOKS is set, but nothing reads it',
    ]);
  });
});

describe('settings', () => {
  const accepted: readonly [string, TextSchema<unknown>, string, unknown][] = [
    ['flag', flag(), 'TRUE', true],
    ['flag', flag(), 'off', false],
    ['integer', integer({ min: -5 }), '-5', -5],
    ['port', port(), '0', 0],
    ['fraction', fraction(), '0', 0],
    ['fraction', fraction(), '.25', 0.25],
    ['fraction', fraction(), '1.0', 1],
    ['duration', duration(), '250ms', 250],
    ['duration', duration(), '2h', 7_200_000],
    ['duration', duration(), '7d', 604_800_000],
    ['size', size(), '4096', 4096],
    ['size', size(), '64MiB', 67_108_864],
    ['list', list(), ' a, b ,,c', ['a', 'b', 'c']],
    ['url', url(['https']), 'https://a/b?c', 'https://a/b?c'],
  ];
  it.each(accepted)('%s: %# reads %s as %j', (_, schema, given, value) => {
    expect(schema.parse(given)).toEqual(value);
  });

  const refused: readonly [string, TextSchema<unknown>, string, string][] = [
    ['flag', flag(), 'maybe', 'must be true or false (true, 1, yes, on, false, 0, no, off are understood)'],
    ['flag', flag(), 'constructor', 'must be true or false (true, 1, yes, on, false, 0, no, off are understood)'],
    ['integer', integer(), '1e3', 'must be a whole number'],
    ['integer', integer({ max: 9 }), '10', 'must be from 0 to 9'],
    ['integer', integer(), '9'.repeat(17), 'must be a whole number'],
    ['fraction', fraction(), '1.1', 'must be a number from 0 to 1'],
    ['fraction', fraction(), '50%', 'must be a number from 0 to 1'],
    ['duration', duration(), '5', 'must be a time span'],
    ['duration', duration(), '1.5s', 'must be a time span'],
    ['size', size(), '64MB', 'must be a size'],
    ['url', url(['https']), 'http://a', 'begins with https://'],
    ['url', url(['https']), 'a', 'begins with https://'],
  ];
  it.each(refused)('%s: %# rejects', (_, schema, given, message) => {
    const result = schema.safeParse(given);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toContain(message);
  });
});
