import {
  detectorSettings,
  processSettings,
  setting,
  text,
  type ConfigOf,
  type ProcessEnvironment,
  type ServiceSetting,
} from '@clarion/service-runtime';
import type { DetectorChoice } from '../detectors';
import {
  apiSettings,
  dialects,
  enablingSettings,
  indexingSettings,
  notifyingSettings,
  updatingSettings,
} from '@clarion/settings';

function changed<T>(
  one: ServiceSetting<T>,
  to: Partial<Pick<ServiceSetting<T>, 'about' | 'default'>>,
): ServiceSetting<T> {
  return { ...one, ...to };
}

const { host: _, ...api } = apiSettings;
const { sealingKeys } = apiSettings;

/**
 * Settings of `clarion serve`: those of all services, except for the adapters (its address, its store). Unlike for
 * services, no setting is required, and some intervals are shorter, for a person who started it.
 */
export const settings = {
  ...processSettings,
  ...detectorSettings,
  ...enablingSettings,
  ...api,
  ...indexingSettings,
  ...updatingSettings,
  ...notifyingSettings,
  introspectionHost: setting('CLARION_INTROSPECTION_HOST', text(), {
    about: 'Address that probes and metrics listen on; that of `--listen` unless stated',
    optional: true,
  }),
  introspectionPort: changed(processSettings.introspectionPort, { default: '6061' }),
  drainMillis: changed(processSettings.drainMillis, { default: '0s' }),
  graceMillis: changed(processSettings.graceMillis, { default: '30s' }),
  sealingKeys: setting('CLARION_SEALING_KEYS', sealingKeys.schema, {
    about: `${sealingKeys.about}. A key is made in the data directory unless stated`,
    optional: true,
    secret: true,
  }),
  tokens: changed(apiSettings.tokens, {
    about: `${apiSettings.tokens.about}. One is made in the data directory unless stated`,
  }),
  publicUrl: setting('CLARION_PUBLIC_URL', apiSettings.publicUrl.schema, {
    about: 'Address of the API for receivers of webhooks; that of `--listen` unless stated',
    optional: true,
  }),
  apis: changed(apiSettings.apis, { default: dialects.join(',') }),
  detectors: changed(detectorSettings.detectors, {
    about: 'Addresses of detector services (`host:port`, `tls://host:port`) beside the detectors of this build',
    default: '',
  }),
  // As many as the processes that read images: CLARION_CONCURRENT_LAYERS and two spare ones.
  uploads: changed(apiSettings.uploads, { default: '4' }),
  concurrentFeeds: changed(updatingSettings.concurrentFeeds, { default: '2' }),
  // Changes of a command line in the data directory are published within this time.
  scheduleMillis: changed(updatingSettings.scheduleMillis, { default: '5s' }),
  scratchDirectory: changed(updatingSettings.scratchDirectory, {
    about: 'Folder for what does not fit into memory while a feed is read; the data directory unless stated',
  }),
};

export type ServeConfig = ConfigOf<typeof settings>;

/** The detectors that the settings choose, with the credentials of `env` for their services. */
export function detectorChoice(
  { detectors, enableDetectors, disableDetectors, lockFiles }: ServeConfig,
  env: ProcessEnvironment,
): Required<DetectorChoice> {
  const credentials = Object.entries(env).filter(([name]) => name.startsWith('CLARION_DETECTOR_'));
  return {
    detectors: detectors.join(','),
    enableDetectors: enableDetectors.join(','),
    disableDetectors: disableDetectors.join(','),
    lockFiles,
    credentials: Object.fromEntries(credentials),
  };
}
