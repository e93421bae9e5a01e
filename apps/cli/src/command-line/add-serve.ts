import { connectionLimits, defaultCallerLimits, requestLimits } from '@clarion/connections';
import type { Command } from 'commander';
import {
  flag,
  parseCount,
  parseLimit,
  parseMillis,
  parseMinutes,
  parsePort,
  parseScore,
  parseSize,
  withValues,
} from '../settings';
import { detectorsOption } from './detectors-option';
import { examples } from './examples';

const lowerCase = (text: string): string => text.toLowerCase();

/** What a server may connect to. */
function withReachOptions(command: Command): Command {
  return command
    .addOption(
      flag(
        '--allow-host <list>',
        'hosts that may be reached although their addresses are private (also CLARION_EGRESS_ALLOWED_HOSTS)',
      ),
    )
    .addOption(
      flag(
        '--allow-network <list>',
        'networks that may be reached although they are private (also CLARION_EGRESS_ALLOWED_NETWORKS)',
      ),
    )
    .addOption(
      flag('--insecure-host <list>', 'hosts that may be reached by plain HTTP (also CLARION_EGRESS_INSECURE_HOSTS)'),
    )
    .addOption(flag('--layer-ports <list>', 'ports beside 80 and 443 that addresses of layers may name'))
    .addOption(flag('--webhook-ports <list>', 'ports beside 80 and 443 that webhooks may be sent to'))
    .addOption(detectorsOption());
}

/** What callers may take, and what one of them may do before it is asked to wait. */
function withCallerLimits(command: Command): Command {
  const limits = Object.entries({ ...connectionLimits, ...requestLimits });
  for (const [key, { name, kind, about, default: written }] of limits) {
    const value = defaultCallerLimits[key as keyof typeof defaultCallerLimits];
    const option = flag(
      `--${name} <${kind === 'count' ? 'number' : kind}>`,
      about.replace(/^[A-Z](?=[a-z])/, lowerCase),
    );
    command.addOption(option.default(value, written).argParser(kind === 'count' ? parseLimit : parseMillis));
  }
  return command
    .addOption(
      flag('--failed-attempts <number>', 'wrong tokens of one caller, or of one kind, before it has to wait')
        .default(20)
        .argParser(parseCount),
    )
    .addOption(
      flag('--requests-per-second <number>', 'REST requests of one caller; four times as many at once')
        .default(50)
        .argParser(parseCount),
    );
}

/** Which changes are notified, and for which images. */
function withNotifyOptions(command: Command): Command {
  return command
    .addOption(
      flag('--notify-epss <score>', 'tell when an EPSS score crosses this one (default: never)').argParser(parseScore),
    )
    .addOption(
      flag('--notify-unreferenced', 'also tell of images whose tags have all been moved to others').default(false),
    )
    .addOption(
      flag(
        '--notify-state-changes',
        'also tell changes of nothing but a state, to endpoints that ask for them (stateChanges)',
      ).default(false),
    );
}

/** Adds `serve`. */
export function addServe(program: Command): void {
  withNotifyOptions(
    withCallerLimits(
      withReachOptions(
        program
          .command('serve')
          .description('run all of Clarion in one process: REST and gRPC on one port, feeds, notifications'),
      ),
    ),
  )
    .addOption(flag('--listen <host:port>', 'address of REST and gRPC').default('127.0.0.1:6060'))
    .addOption(flag('--introspection-port <port>', 'port of probes and metrics').default(6061).argParser(parsePort))
    .addOption(flag('--public-url <url>', 'address of Clarion as receivers of webhooks reach it'))
    .addOption(
      withValues(flag('--auth <on|off>', 'off: every caller is an administrator').default('on'), ['on', 'off']),
    )
    .addOption(flag('--tokens-file <file>', 'API tokens, a line each: name:role:sha256 (default: one is made)'))
    .addOption(flag('--trusted-proxies <list>', 'addresses or networks of proxies whose X-Forwarded-For is believed'))
    .addOption(flag('--sealing-key-file <file>', 'keys that secrets are sealed with (default: one is made)'))
    .addOption(flag('--feeds-dir <dir>', 'a mirror of the feeds instead of the network'))
    .addOption(flag('--no-updates', 'update feeds only when the API asks for it'))
    .addOption(flag('--concurrency <layers>', 'layers read at the same time').default(2).argParser(parseCount))
    .addOption(
      flag('--layer-time <duration>', 'longest time that reading one layer may take')
        .default(900_000, '15m')
        .argParser(parseMillis),
    )
    .addOption(
      flag('--layer-memory <size>', 'most memory of a process that reads layers; there are 2 more than --concurrency')
        .default(512 * 1024 ** 2, '512MiB')
        .argParser(parseSize),
    )
    .addOption(
      flag('--max-feed-age <duration>', 'older advisory data makes a report stale')
        .default(10_080, '7d')
        .argParser(parseMinutes),
    )
    .addOption(keep('acknowledged', '1d', 'notifications that were acknowledged'))
    .addOption(keep('notifications', '14d', 'notifications that were delivered or that nobody wanted'))
    .addOption(keep('dead', '30d', 'notifications that could not be delivered, and dead letters of any work'))
    .addOption(keep('changes', '30d', 'what updates changed; as long as dead letters, which may be replayed'))
    .addOption(keep('unused', '30d', 'layers and packages that no submitted image needs'))
    .addOption(
      withValues(flag('--log-level <level>', 'debug, info, warn, error or silent').default('info'), [
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .addHelpText(
      'after',
      examples(
        'serve',
        'serve --listen 0.0.0.0:6060 --public-url https://clarion.example',
        'serve --allow-host registry.internal --insecure-host registry.internal',
      ),
    )
    .action(async (_options: unknown, command: Command) => {
      const { serve } = await import('../commands/serve');
      await serve(command.optsWithGlobals());
    });
}

/** As the settings of the notifier of the same names. */
function keep(what: string, time: string, about: string): ReturnType<typeof flag> {
  return flag(`--keep-${what} <duration>`, `how long to keep ${about}`)
    .default(parseMillis(time), time)
    .argParser(parseMillis);
}
