import {
  busSettings,
  detectorSettings,
  readConfig,
  storeSettings,
  type ServiceSetting,
} from '@clarion/service-runtime';
import { settings as ofGateway } from '../../../apps/api-gateway/src/config';
import { settings as ofServe } from '../../../apps/cli/src/serve/config';
import { readServeSettings } from '../../../apps/cli/src/serve/settings';
import { required } from './served-api';

/** Adapters are for an app to choose: where it listens, its store, its bus, its detectors. */
const chosen = new Set(
  [
    ...Object.values({ ...storeSettings, ...busSettings, ...detectorSettings }),
    ofGateway.host,
    ofGateway.restPort,
    ofGateway.grpcPort,
  ].map(({ env }) => env),
);
const shared = Object.entries(ofGateway).filter(([, { env }]) => !chosen.has(env));

const candidates = [
  '17s',
  '222MiB',
  '3',
  'off',
  'administrator',
  'warn',
  'https://clarion.example',
  '8443',
  'harbor',
  'attributes',
  'a.example',
];

/** A valid text for the setting that is not its default. */
function sampleOf({ schema, default: usual }: ServiceSetting<unknown>): string {
  const sample = candidates.find((one) => one !== usual && schema.safeParse(one).success);
  if (sample === undefined) throw new TypeError('Add a candidate for this setting');
  return sample;
}

const commandLine = { db: 'db', host: '127.0.0.1', port: 0 };

describe('a setting of the API gateway', () => {
  it.each(shared)('%s is one of clarion serve, and means the same', (key, setting: ServiceSetting<unknown>) => {
    const sample = sampleOf(setting);
    const env = { ...required, [setting.env]: sample };
    const expected = setting.schema.parse(sample);
    const gateway = readConfig(ofGateway, env).config as Readonly<Record<string, unknown>>;
    const serve = readServeSettings(commandLine, [], env).config as unknown as Readonly<Record<string, unknown>>;
    expect([gateway[key], serve[key]]).toEqual([expected, expected]);
  });

  it.each(shared)('invalid values of %s are rejected by both', (_key, setting: ServiceSetting<unknown>) => {
    const wrong = ['[nonsense', '1MiB', '@:'].find((one) => !setting.schema.safeParse(one).success);
    const anything =
      /^CLARION_(DEADLINES|TOKENS|JWT_(KEY|ISSUER|AUDIENCE)|JWKS_(ISSUER|AUDIENCE|ALGORITHMS)|ROLE_CLAIM|CLAIR_PSK(_ISSUERS)?|.*TLS_.*|SEALING_KEYS|EGRESS_.*|TRUSTED_PROXIES|INTROSPECTION_HOST)$/;
    expect([setting.env, wrong === undefined]).toEqual([setting.env, anything.test(setting.env)]);
    if (wrong !== undefined) {
      const env = { ...required, [setting.env]: wrong };
      expect(() => readConfig(ofGateway, env)).toThrow(setting.env);
      expect(() => readServeSettings(commandLine, [], env)).toThrow(setting.env);
    }
  });

  it('has the name of its option if that was given', () => {
    const given = [{ variable: 'CLARION_UPLOADS', text: 'many', option: '--uploads' }];
    expect(() => readServeSettings(commandLine, given, {})).toThrow('--uploads must be a whole number');
  });

  it('comes from the file of an option, whatever the variable contains', () => {
    const given = [{ variable: 'CLARION_TOKENS_FILE', text: __filename, option: '--tokens-file' }];
    const { config, env } = readServeSettings(commandLine, given, { CLARION_TOKENS: 'of the environment' });
    expect([config.tokens?.includes('whatever the variable says'), env['CLARION_TOKENS_FILE']]).toEqual([
      true,
      __filename,
    ]);
  });

  it('has one table in serve, with no variable twice', () => {
    const names = Object.values(ofServe).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
  });
});
