import { connectionLimits, requestLimits } from '@clarion/connections';

/** An option of `serve` that sets a setting (`serve/config.ts`). This is data only: it is read at every start. */
export interface ServeFlag {
  readonly flags: string;
  readonly about: string;
  /** Shown in the help; the effective default is that of the setting, which is the same. */
  readonly default?: string;
  /** The variable of the setting, if it does not follow from the name of the option. */
  readonly variable?: string;
  /** Values for completion. */
  readonly values?: readonly string[];
}

const lowerCase = (text: string): string => text.toLowerCase();

const ofOutside: readonly ServeFlag[] = [
  {
    flags: '--allow-host <list>',
    about: 'hosts that may be reached although their addresses are private',
    variable: 'CLARION_EGRESS_ALLOWED_HOSTS',
  },
  {
    flags: '--allow-network <list>',
    about: 'networks that may be reached although they are private',
    variable: 'CLARION_EGRESS_ALLOWED_NETWORKS',
  },
  {
    flags: '--insecure-host <list>',
    about: 'hosts that may be reached by plain HTTP',
    variable: 'CLARION_EGRESS_INSECURE_HOSTS',
  },
  { flags: '--layer-ports <list>', about: 'ports beside 80 and 443 that addresses of layers may name' },
  { flags: '--webhook-ports <list>', about: 'ports beside 80 and 443 that webhooks may be sent to' },
];

const ofCallers: readonly ServeFlag[] = [
  ...Object.values({ ...connectionLimits, ...requestLimits }).map(({ name, kind, about, default: value }) => ({
    flags: `--${name} <${kind === 'count' ? 'number' : kind}>`,
    about: about.replace(/^[A-Z](?=[a-z])/, lowerCase),
    default: value,
  })),
  {
    flags: '--failed-attempts <number>',
    about: 'wrong tokens of one caller, or of one kind, before it has to wait',
    default: '20',
  },
  {
    flags: '--requests-per-second <number>',
    about: 'REST requests of one caller; four times as many at once',
    default: '50',
  },
  { flags: '--waiting-layers <number>', about: 'layers of one caller that may wait', default: '10000' },
  { flags: '--uploads <number>', about: 'archives that are taken at the same time', default: '4' },
  { flags: '--upload-bytes <size>', about: 'most bytes of an uploaded archive', default: '10GiB' },
];

const ofAuthentication: readonly ServeFlag[] = [
  { flags: '--auth <on|off>', about: 'off: every caller is an administrator', default: 'on', values: ['on', 'off'] },
  { flags: '--tokens-file <file>', about: 'API tokens, a line each: name:role:sha256 (default: one is made)' },
  { flags: '--jwt-key-file <file>', about: 'key (base64) that callers sign JWTs with' },
  { flags: '--jwt-issuer <name>', about: 'issuer of JWTs with that key', default: 'clarion' },
  { flags: '--jwt-audience <name>', about: 'audience of JWTs with that key' },
  {
    flags: '--jwt-role <role>',
    about: 'role of JWTs with that key that name none',
    default: 'reader',
    values: ['reader', 'scanner', 'operator', 'administrator'],
  },
  { flags: '--jwks-url <url>', about: 'address of the key set of an OpenID Connect issuer' },
  { flags: '--jwks-issuer <name>', about: 'issuer of JWTs of the key set' },
  { flags: '--jwks-audience <name>', about: 'audience of JWTs of the key set' },
  {
    flags: '--jwks-algorithms <list>',
    about: 'signatures of JWTs of the key set that are accepted',
    default: 'RS256,ES256',
  },
  { flags: '--role-claim <name>', about: 'claim of a JWT with the role', default: 'clarion_role' },
  {
    flags: '--trusted-proxies <list>',
    about: 'addresses or networks of proxies whose X-Forwarded-For is believed',
  },
  { flags: '--sealing-keys-file <file>', about: 'keys that secrets are sealed with (default: one is made)' },
  { flags: '--tls-certificate-file <file>', about: 'certificate (PEM) to serve with; without, plain text is served' },
  { flags: '--tls-key-file <file>', about: 'private key (PEM) of the certificate' },
  { flags: '--tls-client-ca-file <file>', about: 'authorities (PEM) of client certificates: callers must show one' },
];

const ofNotifications: readonly ServeFlag[] = [
  { flags: '--notify-epss <score>', about: 'notify when an EPSS score crosses this one (default: never)' },
  { flags: '--notify-unreferenced', about: 'also notify of images whose tags have all been moved to others' },
  {
    flags: '--notify-state-changes',
    about: 'also notify changes of nothing but a state, to endpoints that ask for them (stateChanges)',
  },
  { flags: '--concurrent-changes <number>', about: 'changes that are worked on at the same time', default: '4' },
  {
    flags: '--cloudevents-mode <mode>',
    about: 'whether attributes of CloudEvents stand in the body or in headers: structured or binary',
    default: 'structured',
    values: ['structured', 'binary'],
  },
  { flags: '--clair-callback <url>', about: 'base of the callbacks in Clair v4 bodies (default: of --public-url)' },
  {
    flags: '--clair-psk-file <file>',
    about: 'key (base64) that tokens for receivers of Clair v4 bodies are signed with',
  },
  { flags: '--clair-authorities <list>', about: 'receivers that such a token is sent to' },
];

const ofFeeds: readonly ServeFlag[] = [
  { flags: '--feeds-dir <dir>', about: 'a mirror of the feeds instead of the network' },
  {
    flags: '--schedule-every <duration>',
    about: 'how often feeds are checked for being due, and the data for changes by the command line',
    default: '5s',
  },
  { flags: '--concurrent-feeds <number>', about: 'feeds that are updated at the same time', default: '2' },
  { flags: '--scratch <dir>', about: 'where feeds put what does not fit into memory (default: --db)' },
  { flags: '--max-feed-age <duration>', about: 'older advisory data makes a report stale', default: '7d' },
];

const ofLayers: readonly ServeFlag[] = [
  {
    flags: '--concurrency <layers>',
    about: 'layers read at the same time',
    default: '2',
    variable: 'CLARION_CONCURRENT_LAYERS',
  },
  { flags: '--layer-time <duration>', about: 'longest time that reading one layer may take', default: '15m' },
  {
    flags: '--layer-memory <size>',
    about: 'most memory of a process that reads layers; there are 2 more than --concurrency',
    default: '512MiB',
  },
  { flags: '--layer-bytes <size>', about: 'most bytes of a layer, as it is stored', default: '10GiB' },
  { flags: '--layer-tar-bytes <size>', about: 'most bytes of a layer, uncompressed', default: '20GiB' },
];

/** Like the settings of the notifier with the same names. */
const keep = (what: string, time: string, about: string): ServeFlag => ({
  flags: `--keep-${what} <duration>`,
  about: `how long to keep ${about}`,
  default: time,
});

const ofTheProcess: readonly ServeFlag[] = [
  keep('acknowledged', '1d', 'notifications that were acknowledged'),
  keep('notifications', '14d', 'notifications that were delivered or that nobody wanted'),
  keep('dead', '30d', 'notifications that could not be delivered, and dead letters of any work'),
  keep('changes', '30d', 'what updates changed; as long as dead letters, which may be replayed'),
  keep('unused', '30d', 'layers and packages that no submitted image needs'),
  { flags: '--reconcile <duration>', about: 'how often work that a crash has lost is looked for', default: '60s' },
  { flags: '--introspection-host <host>', about: 'address of probes and metrics (default: of --listen)' },
  { flags: '--introspection-port <port>', about: 'port of probes and metrics', default: '6061' },
  { flags: '--drain <duration>', about: 'how long to serve on, not ready, when asked to stop', default: '0s' },
  { flags: '--grace <duration>', about: 'how long work may be finished when asked to stop', default: '30s' },
  {
    flags: '--log-level <level>',
    about: 'debug, info, warn, error or silent',
    default: 'info',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
  },
];

/**
 * The options of `serve`, in the order of its help. Those for detectors, the address and updates are defined
 * elsewhere.
 */
export const serveFlags: readonly ServeFlag[] = [
  ...ofOutside,
  ...ofCallers,
  ...ofNotifications,
  { flags: '--public-url <url>', about: 'address of Clarion for receivers of webhooks' },
  ...ofAuthentication,
  ...ofFeeds,
  ...ofLayers,
  ...ofTheProcess,
];
