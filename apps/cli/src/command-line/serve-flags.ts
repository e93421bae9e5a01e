import { connectionLimits, requestLimits } from '@clarion/connections/limits';

/**
 * An option of `serve` that sets a setting (`serve/config.ts`), which has its description and its default. This is data
 * only: it is read at every start.
 */
export interface ServeFlag {
  readonly flags: string;
  /** The variable of the setting, if it does not follow from the name of the option. */
  readonly variable?: string;
  /** Values for completion. */
  readonly values?: readonly string[];
}

const ofOutside: readonly ServeFlag[] = [
  { flags: '--allow-host <list>', variable: 'CLARION_EGRESS_ALLOWED_HOSTS' },
  { flags: '--allow-network <list>', variable: 'CLARION_EGRESS_ALLOWED_NETWORKS' },
  { flags: '--insecure-host <list>', variable: 'CLARION_EGRESS_INSECURE_HOSTS' },
  { flags: '--layer-ports <list>' },
  { flags: '--webhook-ports <list>' },
];

const ofCallers: readonly ServeFlag[] = [
  ...Object.values({ ...connectionLimits, ...requestLimits }).map(({ name, kind }) => ({
    flags: `--${name} <${kind === 'count' ? 'number' : kind}>`,
  })),
  { flags: '--failed-attempts <number>' },
  { flags: '--requests-per-second <number>' },
  { flags: '--waiting-layers <number>' },
  { flags: '--uploads <number>' },
  { flags: '--upload-bytes <size>' },
  { flags: '--report-cache <size>' },
  { flags: '--clair-index-requests <number>' },
  { flags: '--clair-scores' },
  { flags: '--stored-reports <size>' },
];

const ofAuthentication: readonly ServeFlag[] = [
  { flags: '--auth <on|off>', values: ['on', 'off'] },
  { flags: '--tokens-file <file>' },
  { flags: '--jwt-key-file <file>' },
  { flags: '--jwt-issuer <name>' },
  { flags: '--jwt-audience <name>' },
  { flags: '--jwt-role <role>', values: ['reader', 'scanner', 'operator', 'administrator'] },
  { flags: '--jwks-url <url>' },
  { flags: '--jwks-issuer <name>' },
  { flags: '--jwks-audience <name>' },
  { flags: '--jwks-algorithms <list>' },
  { flags: '--clair-psk-issuers <list>' },
  { flags: '--role-claim <name>' },
  { flags: '--trusted-proxies <list>' },
  { flags: '--sealing-keys-file <file>' },
  { flags: '--tls-certificate-file <file>' },
  { flags: '--tls-key-file <file>' },
  { flags: '--tls-client-ca-file <file>' },
];

const ofNotifications: readonly ServeFlag[] = [
  { flags: '--deadlines <rules>' },
  { flags: '--deadline-notice <duration>' },
  { flags: '--notify-epss <score>' },
  { flags: '--notify-unreferenced' },
  { flags: '--notify-state-changes' },
  { flags: '--concurrent-changes <number>' },
  { flags: '--cloudevents-mode <mode>', values: ['structured', 'binary'] },
  { flags: '--clair-callback <url>' },
  { flags: '--clair-psk-file <file>' },
  { flags: '--clair-authorities <list>' },
];

const ofFeeds: readonly ServeFlag[] = [
  { flags: '--feeds-dir <dir>' },
  { flags: '--schedule-every <duration>' },
  { flags: '--concurrent-feeds <number>' },
  { flags: '--scratch <dir>' },
  { flags: '--max-feed-age <duration>' },
];

const ofLayers: readonly ServeFlag[] = [
  { flags: '--concurrent-layers <number>' },
  { flags: '--layer-time <duration>' },
  { flags: '--layer-memory <size>' },
  { flags: '--layer-bytes <size>' },
  { flags: '--layer-tar-bytes <size>' },
];

const ofDetectors: readonly ServeFlag[] = [
  { flags: '--detector-token-file <file>' },
  { flags: '--detector-ca-file <file>' },
  { flags: '--detector-certificate-file <file>' },
  { flags: '--detector-key-file <file>' },
];

const ofTheProcess: readonly ServeFlag[] = [
  { flags: '--keep-acknowledged <duration>' },
  { flags: '--keep-notifications <duration>' },
  { flags: '--keep-dead <duration>' },
  { flags: '--keep-history <duration>' },
  { flags: '--keep-unused <duration>' },
  { flags: '--reconcile <duration>' },
  { flags: '--introspection-host <host>' },
  { flags: '--introspection-port <port>' },
  { flags: '--drain <duration>' },
  { flags: '--grace <duration>' },
  { flags: '--log-level <level>', values: ['debug', 'info', 'warn', 'error', 'silent'] },
];

/**
 * The options of `serve`, in the order of its help. The choice of detectors, the address and updates are defined
 * elsewhere.
 */
export const serveFlags: readonly ServeFlag[] = [
  ...ofOutside,
  ...ofCallers,
  ...ofNotifications,
  { flags: '--public-url <url>' },
  { flags: '--apis <list>' },
  { flags: '--harbor-scan-time <duration>' },
  { flags: '--harbor-unsupported <answer>', values: ['fail', 'attributes'] },
  ...ofAuthentication,
  ...ofFeeds,
  ...ofLayers,
  ...ofDetectors,
  ...ofTheProcess,
];
