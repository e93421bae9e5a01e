import { ClarionError } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { createLog, createMetrics, runService } from '@clarion/service-runtime';
import { exitWith, isJsonRequested } from '../failure';
import type { GivenSetting } from '../serve/given-setting';
import { readServeSettings, type ServeSettings } from '../serve/settings';
import type { CommonSettings } from '../settings';

/** Options of the command that are not settings of services. */
export interface ServeOptions extends CommonSettings {
  readonly listen: string;
}

/** `clarion serve`: all of Clarion in one process, until it is stopped. */
export async function serve(options: ServeOptions, given: readonly GivenSetting[]): Promise<void> {
  const settings = readServeSettings({ ...options, ...addressOf(options.listen) }, given);
  const { logLevel, drainMillis, graceMillis, introspectionHost = settings.host, introspectionPort } = settings.config;
  const log = createLog({ service: 'serve', version: clarionVersion, level: logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  await runService({
    ...{ name: 'serve', log, drainMillis, graceMillis },
    introspection: { host: introspectionHost, port: introspectionPort, metrics },
    onFailedStart: (error) => {
      exitWith(error, isJsonRequested(process.argv));
    },
    start: async ({ draining }) => {
      const { startServing } = await import('../serve/start');
      const started = await startServing(settings, { log, metrics, draining });
      if (options.quiet !== true) explainUse(settings, started);
      return started;
    },
  });
}

interface Reachable {
  readonly port: number;
  readonly tokenFile: string | undefined;
}

/** What a person needs first; programs read the log. */
function explainUse({ host, config }: ServeSettings, { port, tokenFile }: Reachable): void {
  const scheme = config.tlsCertificate === undefined ? 'http' : 'https';
  const address = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const how =
    tokenFile === undefined
      ? config.auth === 'off'
        ? 'Everybody who reaches it is an administrator (--auth off)'
        : 'Callers are known by the tokens given'
      : `The token of the administrator is in ${tokenFile}`;
  process.stderr.write(`clarion serves REST (${address}/docs) and gRPC on ${address}\n${how}\n`);
}

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new ClarionError('invalid-input', `"${text}" is not an address`, {
      remedy: 'write for example 0.0.0.0:6060',
    });
  }
  return { host: match[1] ?? (match[2] === '' ? '0.0.0.0' : (match[2] ?? '')), port };
}
