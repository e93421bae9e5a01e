import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Log } from '@clarion/model';

import { busOptions, busSettings } from './connection-settings';
import { readConfig } from './read-config';

describe('busOptions', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-secret-'));
  const file = path.join(folder, 'nats.creds');
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  let written = 0;
  const write = (text: string): void => {
    writeFileSync(file, text);
    written += 1;
    utimesSync(file, new Date(), new Date(Date.now() + written * 1000));
  };
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    logged.length = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const optionsOf = (env: Record<string, string>) => busOptions(readConfig(busSettings, env).config, { log, env });

  it('returns the value of the environment', () => {
    const { natsToken, natsCredentials, natsUrl } = optionsOf({ CLARION_NATS_TOKEN: 't' });
    expect([natsToken(), natsCredentials(), natsUrl]).toEqual(['t', undefined, ['nats://127.0.0.1:4222']]);
  });

  it('reads a file again when it has changed, and keeps the last valid value', () => {
    write('one');
    const { natsCredentials } = optionsOf({ CLARION_NATS_CREDENTIALS_FILE: file });
    expect(natsCredentials()).toBe('one');
    write('two\n');
    // It was checked just now.
    expect(natsCredentials()).toBe('one');
    jest.advanceTimersByTime(5000);
    expect(natsCredentials()).toBe('two');
    expect(logged).toEqual(['A secret was read again']);
    rmSync(file);
    jest.advanceTimersByTime(5000);
    expect(natsCredentials()).toBe('two');
    expect(logged.at(-1)).toContain('cannot be read');
    write('three');
    jest.advanceTimersByTime(5000);
    expect(natsCredentials()).toBe('three');
  });
});
