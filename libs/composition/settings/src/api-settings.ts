import {
  connectionSettings,
  duration,
  egressSettings,
  feedSettings,
  integer,
  layerPortSettings,
  layerTimeSettings,
  list,
  requestSettings,
  sealingSettings,
  servingSettings,
  setting,
  size,
  url,
  webhookPortSettings,
} from '@clarion/service-runtime';
import { authenticationSettings } from './authentication-settings';
import { clairSettings } from './clair-settings';
import { dialectSettings } from './dialect-settings';
import { deadlineSettings } from './deadline-settings';
import { layerSizeSettings } from './layer-size-settings';

/** A process that reads layers uses this much memory before it has read any. */
const leastLayerMemory = 64 * 1024 ** 2;

/** The settings of an API, whichever process serves it: REST and gRPC, their callers, and limits for callers. */
export const apiSettings = {
  ...servingSettings,
  ...connectionSettings,
  ...requestSettings,
  ...authenticationSettings,
  ...dialectSettings,
  ...clairSettings,
  ...sealingSettings,
  ...egressSettings,
  ...layerPortSettings,
  ...layerTimeSettings,
  ...layerSizeSettings,
  ...webhookPortSettings,
  ...feedSettings,
  ...deadlineSettings,
  publicUrl: setting(
    'CLARION_PUBLIC_URL',
    url(['https', 'http']).refine((given) => !/[?#]/.test(given), {
      error: 'must have neither a query nor a fragment',
    }),
    { about: 'Address of the API for receivers of webhooks', default: 'http://localhost:8080' },
  ),
  trustedProxies: setting('CLARION_TRUSTED_PROXIES', list(), {
    about: 'Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is believed',
    default: '',
  }),
  waitingLayers: setting('CLARION_WAITING_LAYERS', integer({ min: 1 }), {
    about: 'Layers of one caller that may wait before its submissions are refused; of all callers, ten times as many',
    default: '10000',
  }),
  uploadBytes: setting('CLARION_UPLOAD_BYTES', size(), {
    about: 'Most bytes of an uploaded archive, compressed and uncompressed; TMPDIR needs room for both',
    default: '10GiB',
  }),
  uploads: setting('CLARION_UPLOADS', integer({ min: 1, max: 64 }), {
    about: 'Archives that are accepted at the same time, and one more from a caller whom others would block',
    default: '2',
  }),
  layerMemory: setting(
    'CLARION_LAYER_MEMORY',
    size().refine((bytes) => bytes >= leastLayerMemory, {
      error: 'is too little to read any layer: give it 64MiB or more',
    }),
    {
      about:
        'Most memory of a process that reads layers. The API gateway has CLARION_UPLOADS of them and one more, `clarion serve` CLARION_CONCURRENT_LAYERS and two more',
      default: '512MiB',
    },
  ),
  requestsPerSecond: setting('CLARION_REQUESTS_PER_SECOND', integer({ min: 1 }), {
    about: 'REST requests a second that one caller may sustain; bursts of four times as many',
    default: '50',
  }),
  reportBytes: setting('CLARION_REPORT_CACHE', size(), {
    about: 'Most memory for reports that are kept, compressed, until their image or a feed changes',
    default: '64MiB',
  }),
  storedReportBytes: setting('CLARION_STORED_REPORTS', size(), {
    about:
      'About how many bytes of the store reports take that were requested again, for the time after a restart; 0 for none',
    default: '256MiB',
  }),
  reconcileMillis: setting('CLARION_RECONCILE', duration(), {
    about: 'How often to check for work that a crash has lost',
    default: '60s',
  }),
  maxFeedAgeMillis: setting('CLARION_MAX_FEED_AGE', duration(), {
    about: 'Older advisory data makes a report stale',
    default: '7d',
  }),
};
