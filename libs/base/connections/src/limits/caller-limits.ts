/** One limit of callers, as a person sets it. */
export interface CallerLimit {
  /** `CLARION_HEADERS_TIME` of services, and `--headers-time` of `clarion serve`. */
  readonly name: string;
  readonly kind: 'count' | 'duration';
  readonly about: string;
  /** As it would be written. */
  readonly default: string;
}

/** Limits for connections, whatever the protocol. */
export const connectionLimits = {
  connections: {
    name: 'connections',
    kind: 'count',
    about: 'Maximum of open connections; beyond it, the one with the lowest priority is closed (docs/security.md)',
    default: '10000',
  },
  connectionsOfAddress: {
    name: 'connections-of-address',
    kind: 'count',
    about:
      'Maximum of open connections of one address; beyond it, the one with the lowest priority is closed (docs/security.md)',
    default: '2000',
  },
  streams: {
    name: 'streams',
    kind: 'count',
    about: 'Maximum of concurrent gRPC calls of one connection',
    default: '250',
  },
  headersMillis: {
    name: 'headers-time',
    kind: 'duration',
    about:
      'A connection is closed if it does not send the complete headers of a request within this time, over HTTP/2 too',
    default: '10s',
  },
} as const satisfies Readonly<Record<string, CallerLimit>>;

/** How long callers of the API may take. */
export const requestLimits = {
  requestMillis: {
    name: 'request-time',
    kind: 'duration',
    about: 'A request must arrive completely within this time, even if it uploads an archive',
    default: '5m',
  },
  jsonMillis: {
    name: 'json-time',
    kind: 'duration',
    about: 'A JSON body must arrive completely within this time',
    default: '30s',
  },
  stallMillis: {
    name: 'stall-time',
    kind: 'duration',
    about: 'Longest pause in an uploaded archive, in a gRPC request, or in reading a REST response',
    default: '60s',
  },
  keepAliveMillis: {
    name: 'keep-alive',
    kind: 'duration',
    about: 'Idle connections are closed after this time',
    default: '65s',
  },
} as const satisfies Readonly<Record<string, CallerLimit>>;

/** The values of `connectionLimits`: counts, and times in milliseconds. */
export type ConnectionLimits = Readonly<Record<keyof typeof connectionLimits, number>>;

/** The values of both tables. */
export type CallerLimits = ConnectionLimits & Readonly<Record<keyof typeof requestLimits, number>>;

const millisOf: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

function defaultOf({ default: written }: CallerLimit): number {
  const [, number, unit = ''] = /^(\d+)([sm]?)$/.exec(written) ?? [];
  return Number(number) * (millisOf[unit] ?? 1);
}

/** Limits that apply without configuration. */
export const defaultCallerLimits = Object.fromEntries(
  Object.entries({ ...connectionLimits, ...requestLimits }).map(([key, limit]) => [key, defaultOf(limit)]),
) as CallerLimits;
