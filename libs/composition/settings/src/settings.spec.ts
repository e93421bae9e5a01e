import { readConfig, type ServiceSetting, type ServiceSettings } from '@clarion/service-runtime';
import {
  apiSettings,
  detectorServerSettings,
  enablingSettings,
  indexingSettings,
  notifyingSettings,
  updatingSettings,
} from './index';

const tables: Readonly<Record<string, ServiceSettings>> = {
  apiSettings,
  detectorServerSettings: detectorServerSettings(7101),
  enablingSettings,
  indexingSettings,
  notifyingSettings,
  updatingSettings,
};
const sealed = { CLARION_SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };

describe.each(Object.entries(tables))('%s', (_, table) => {
  it('has a variable, a line about it, and a default that is valid for each setting', () => {
    const variables = Object.values(table).map(({ env }) => env);
    expect(new Set(variables).size).toBe(variables.length);
    for (const { env, about, default: usual, schema } of Object.values(table)) {
      expect(env).toMatch(/^CLARION_[A-Z0-9_]+$/);
      expect(about).toMatch(/^[^\n]+[^.\n]$/);
      expect([env, usual === undefined || schema.safeParse(usual).success]).toEqual([env, true]);
    }
  });
});

it('a variable of several tables is the same setting in each', () => {
  const known = new Map<string, ServiceSetting<unknown>>();
  for (const setting of Object.values(tables).flatMap((table) => Object.values(table))) {
    expect(known.get(setting.env) ?? setting).toBe(setting);
    known.set(setting.env, setting);
  }
});

it('only the keys to seal with are required', () => {
  expect(() => readConfig(apiSettings, {})).toThrow('CLARION_SEALING_KEYS');
  for (const table of Object.values(tables)) expect(() => readConfig(table, sealed)).not.toThrow();
});

it('a service of detectors has its own port', () => {
  expect(readConfig(detectorServerSettings(7102), {}).config.port).toBe(7102);
});

const invalid = Symbol('invalid');
it.each<[string, string, ServiceSettings, string, unknown]>([
  ['CLARION_PUBLIC_URL', 'https://a.example/b', apiSettings, 'publicUrl', 'https://a.example/b'],
  ['CLARION_PUBLIC_URL', 'https://a.example/?b', apiSettings, 'publicUrl', invalid],
  ['CLARION_PUBLIC_URL', 'https://a.example/#b', apiSettings, 'publicUrl', invalid],
  ['CLARION_PUBLIC_URL', 'ftp://a.example/', apiSettings, 'publicUrl', invalid],
  ['CLARION_LAYER_MEMORY', '64MiB', apiSettings, 'layerMemory', 64 * 1024 ** 2],
  ['CLARION_LAYER_MEMORY', '63MiB', apiSettings, 'layerMemory', invalid],
  ['CLARION_UPLOADS', '64', apiSettings, 'uploads', 64],
  ['CLARION_UPLOADS', '65', apiSettings, 'uploads', invalid],
  ['CLARION_AUTH', 'off', apiSettings, 'auth', 'off'],
  ['CLARION_AUTH', 'none', apiSettings, 'auth', invalid],
  ['CLARION_JWT_ROLE', 'administrator', apiSettings, 'jwtRole', 'administrator'],
  ['CLARION_JWT_ROLE', 'root', apiSettings, 'jwtRole', invalid],
  ['CLARION_FAILED_ATTEMPTS', '0', apiSettings, 'failedAttempts', invalid],
  ['CLARION_CONCURRENT_LAYERS', '65', indexingSettings, 'concurrentLayers', invalid],
  ['CLARION_LAYER_BYTES', '1GiB', indexingSettings, 'layerBytes', 1024 ** 3],
  ['CLARION_CONCURRENT_CALLS', '0', detectorServerSettings(1), 'concurrentCalls', invalid],
  ['CLARION_ENABLE_DETECTORS', 'npm,pypi', enablingSettings, 'enableDetectors', ['npm', 'pypi']],
  ['CLARION_DISABLE_DETECTORS', 'node,python', enablingSettings, 'disableDetectors', ['node', 'python']],
  ['CLARION_LOCK_FILES', 'yes', enablingSettings, 'lockFiles', true],
  ['CLARION_CLOUDEVENTS_MODE', 'binary', notifyingSettings, 'cloudEvents', 'binary'],
  ['CLARION_CLOUDEVENTS_MODE', 'batched', notifyingSettings, 'cloudEvents', invalid],
  ['CLARION_KEEP_DEAD', '2d', notifyingSettings, 'deadMillis', 2 * 24 * 3_600_000],
  ['CLARION_SCHEDULE', 'false', updatingSettings, 'scheduled', false],
  ['CLARION_CONCURRENT_FEEDS', '17', updatingSettings, 'concurrentFeeds', invalid],
])('%s=%s is read, or rejected', (variable, text, table, name, value) => {
  const read = () => readConfig(table, { ...sealed, [variable]: text }).config as Readonly<Record<string, unknown>>;
  if (value === invalid) expect(read).toThrow(variable);
  else expect(read()[name]).toEqual(value);
});
