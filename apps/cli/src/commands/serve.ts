import { readFileSync } from 'node:fs';
import type { CallerLimits } from '@clarion/connections';
import { ClarionError } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import {
  createLog,
  createMetrics,
  egressSettings,
  feedMetrics,
  layerPortSettings,
  logLevels,
  observed,
  readConfig,
  runService,
  webhookPortSettings,
} from '@clarion/service-runtime';
import { exitWith, wantsJson } from '../failure';
import type { ServeSettings } from '../serve/settings';
import type { CommonSettings } from '../settings';

/** Options of the command as they are written. */
export interface ServeOptions extends CommonSettings {
  readonly listen: string;
  readonly introspectionPort: number;
  readonly publicUrl?: string;
  readonly auth: string;
  readonly tokensFile?: string;
  readonly trustedProxies?: string;
  readonly sealingKeyFile?: string;
  readonly allowHost?: string;
  readonly allowNetwork?: string;
  readonly insecureHost?: string;
  readonly layerPorts?: string;
  readonly webhookPorts?: string;
  readonly detectors?: string;
  readonly feedsDir?: string;
  readonly updates: boolean;
  readonly concurrency: number;
  readonly layerTime: number;
  readonly layerMemory: number;
  readonly connections: number;
  readonly connectionsOfAddress: number;
  readonly streams: number;
  readonly headersTime: number;
  readonly requestTime: number;
  readonly jsonTime: number;
  readonly stallTime: number;
  readonly keepAlive: number;
  readonly requestsPerSecond: number;
  readonly failedAttempts: number;
  readonly maxFeedAge: number;
  readonly notifyEpss?: number;
  readonly notifyUnreferenced: boolean;
  readonly notifyStateChanges: boolean;
  readonly keepAcknowledged: number;
  readonly keepNotifications: number;
  readonly keepDead: number;
  readonly keepChanges: number;
  readonly keepUnused: number;
  readonly logLevel: string;
}

const list = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `clarion serve`: all of Clarion in one process, until it is told to stop. */
export async function serve(options: ServeOptions): Promise<void> {
  const settings = settingsOf(options);
  const log = createLog({ service: 'serve', version: clarionVersion, level: settings.logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  await runService({
    name: 'serve',
    log,
    drainMillis: 0,
    graceMillis: 30_000,
    introspection: { host: settings.host, port: settings.introspectionPort, metrics },
    onFailedStart: (error) => {
      exitWith(error, wantsJson(process.argv));
    },
    start: async ({ draining }) => {
      const { startServing } = await import('../serve/start');
      const observe = (routes: Parameters<typeof observed>[0]): ReturnType<typeof observed> =>
        observed(routes, { log, metrics });
      const started = await startServing(settings, {
        ...{ log, draining, observe },
        feedMetrics: feedMetrics(metrics),
      });
      if (options.quiet !== true) tell(settings, started);
      return started;
    },
  });
}

/** What a person needs to know first; programs read the log. */
function tell(
  { host, auth }: ServeSettings,
  { port, tokenFile }: { port: number; tokenFile: string | undefined },
): void {
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const how =
    tokenFile === undefined
      ? auth === 'off'
        ? 'Everybody who reaches it is an administrator (--auth off)'
        : 'Callers are known by the tokens given'
      : `The token of the administrator is in ${tokenFile}`;
  process.stderr.write(`clarion serves REST (${address}/docs) and gRPC on ${address}\n${how}\n`);
}

/** A process that reads layers has so much before it has read any. */
const leastLayerMemory = 64 * 1024 ** 2;

function settingsOf(options: ServeOptions): ServeSettings {
  const { tokensFile, sealingKeyFile, publicUrl, feedsDir, feeds, config, notifyEpss, detectors } = options;
  const { host, port } = addressOf(options.listen);
  const level = logLevels.find((known) => known === options.logLevel);
  if (level === undefined) throw invalid(`"${options.logLevel}" is no log level`, `known: ${logLevels.join(', ')}`);
  if (options.auth !== 'on' && options.auth !== 'off') throw invalid('--auth is on or off');
  if (publicUrl !== undefined && !/^https?:\/\/[^/?#]+(?:\/[^?#]*)?$/i.test(publicUrl))
    throw invalid(`"${publicUrl}" is no address for --public-url`, 'write for example https://clarion.example');
  if (options.layerMemory < leastLayerMemory)
    throw invalid('--layer-memory is too little to read any layer', 'give it 64MiB or more');
  return {
    db: options.db,
    host,
    port,
    introspectionPort: options.introspectionPort,
    auth: options.auth,
    trustedProxies: list(options.trustedProxies),
    ...reachOf(options),
    updates: options.updates,
    concurrency: options.concurrency,
    layerMillis: options.layerTime,
    memory: options.layerMemory,
    program: process.argv[1] ?? '',
    limits: limitsOf(options),
    requestsPerSecond: options.requestsPerSecond,
    failedAttempts: options.failedAttempts,
    maxFeedAge: options.maxFeedAge,
    notifyUnreferenced: options.notifyUnreferenced,
    notifyStateChanges: options.notifyStateChanges,
    retention: {
      acknowledgedMillis: options.keepAcknowledged,
      notificationMillis: options.keepNotifications,
      deadMillis: options.keepDead,
      changeMillis: options.keepChanges,
      unusedMillis: options.keepUnused,
    },
    logLevel: level,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(feedsDir === undefined ? {} : { feedsDir }),
    ...(detectors === undefined ? {} : { detectors }),
    ...(feeds === undefined ? {} : { feeds }),
    ...(notifyEpss === undefined ? {} : { notifyEpss }),
    ...(config === undefined ? {} : { config }),
    ...(tokensFile === undefined ? {} : { tokens: contentOf(tokensFile) }),
    ...(sealingKeyFile === undefined ? {} : { sealingKeys: list(contentOf(sealingKeyFile).replaceAll('\n', ',')) }),
  };
}

function limitsOf(options: ServeOptions): CallerLimits {
  const { connections, connectionsOfAddress, streams } = options;
  return {
    ...{ connections, connectionsOfAddress, streams },
    headersMillis: options.headersTime,
    requestMillis: options.requestTime,
    jsonMillis: options.jsonTime,
    stallMillis: options.stallTime,
    keepAliveMillis: options.keepAlive,
  };
}

/** What may be reached: by the variables that the services read too, and by the options. */
function reachOf(
  options: ServeOptions,
): Pick<ServeSettings, 'allowHost' | 'allowNetwork' | 'insecureHost' | 'layerPorts' | 'webhookPorts'> {
  const { layerPorts: CLARION_LAYER_PORTS, webhookPorts: CLARION_WEBHOOK_PORTS } = options;
  const table = { ...egressSettings, ...layerPortSettings, ...webhookPortSettings };
  const { config } = readReach(table, { ...process.env, CLARION_LAYER_PORTS, CLARION_WEBHOOK_PORTS });
  return {
    allowHost: [...config.allowedHosts, ...list(options.allowHost)],
    allowNetwork: [...config.allowedNetworks, ...list(options.allowNetwork)],
    insecureHost: [...config.insecureHosts, ...list(options.insecureHost)],
    layerPorts: config.layerPorts,
    webhookPorts: config.webhookPorts,
  };
}

/** Most of them were given as options here, not as variables. */
const readReach: typeof readConfig = (table, variables) => {
  try {
    return readConfig(table, variables);
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
    throw invalid(error.message, 'mend the option (--layer-ports is CLARION_LAYER_PORTS), or the variable');
  }
};

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw invalid(`"${text}" is no address`, 'write for example 0.0.0.0:6060');
  return { host: match[1] ?? (match[2] === '' ? '0.0.0.0' : (match[2] ?? '')), port };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ClarionError('not-found', `The file ${path} cannot be read`, { cause });
  }
}

function invalid(message: string, remedy?: string): ClarionError {
  return new ClarionError('invalid-input', message, remedy === undefined ? {} : { remedy });
}
