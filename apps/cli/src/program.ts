import { connectionLimits, defaultCallerLimits, requestLimits } from '@clarion/connections';
import { Argument, Command, type Option } from 'commander';
import { defaultDirectory } from './default-directory';
import {
  applyConfigFile,
  flag,
  parseCount,
  parseLimit,
  parseMillis,
  parseMinutes,
  parsePort,
  parseScore,
  parseSize,
  withValues,
} from './settings';
import { clarionVersion } from './release';

const severities = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];
const severityNames = `${severities.slice(0, -1).join(', ')} or Unknown`;
const severitySources = ['statement', 'advisory', 'nvd', 'cna', 'cvss', 'other'];
const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/ppc64le', 'linux/s390x'];

const imageHelp = `
IMAGE is tried as a file, then as a directory, then as a reference in a registry; a prefix decides:
  docker-archive:FILE   made by docker save           oci-archive:FILE   an OCI layout in a tar file
  oci:DIR[:TAG]         an OCI layout                 dir:ROOTFS         an unpacked root filesystem
  registry:REF          an image in a registry        docker:REF, podman:REF, containerd:REF
                                                      an image of a container engine on this machine
`;

const exitHelp = `
Exit codes: 0 policy passed, 1 error, 2 policy violated, 3 scan incomplete (an unreadable file, an unsupported or
end-of-life distribution, packages that no detector reads, no packages), 4 advisory data missing or stale. --allow-incomplete accepts 3.
`;

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ clarion ${line}`).join('\n')}\n`;
}

function withImageOptions(command: Command): Command {
  return command
    .addArgument(new Argument('<image>', 'what to read, see below'))
    .addOption(
      withValues(
        flag('--platform <os/arch[/variant]>', 'which image of a multi-platform one (default linux/amd64)'),
        platforms,
      ),
    )
    .addOption(flag('--image <name>', 'which image of an archive that holds several'))
    .addOption(flag('--local', 'look a name up in the container engines of this machine before a registry'))
    .addOption(flag('--insecure-registry', 'allow plain HTTP to the registry (always allowed to this machine itself)'))
    .addOption(detectorsOption())
    .addOption(flag('--output <file>', 'write the result to a file instead of stdout'));
}

function detectorsOption(): Option {
  return flag(
    '--detectors <list>',
    'detector services that are asked too: host:port or tls://host:port, comma separated',
  );
}

function allowUncovered(): Option {
  return flag(
    '--allow-uncovered <list>',
    'accept that packages of these are not looked at: npm, pypi, maven, generic …',
  );
}

function addScan(program: Command): void {
  withImageOptions(
    program.command('scan').description('tell which packages of an image are vulnerable and where they are fixed'),
  )
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addOption(withValues(flag('--severity <list>', `show only these, comma separated: ${severityNames}`), severities))
    .addOption(
      withValues(
        flag('--severity-order <list>', `whose severity is believed first: ${severitySources.join(', ')}`),
        severitySources,
      ),
    )
    .addOption(flag('--ignore-unfixed', 'show, and judge, only what has a fix'))
    .addOption(
      withValues(flag('--fail-on <severity>', 'exit with 2 when a finding is this severe or more'), severities),
    )
    .addOption(
      flag('--fail-on-other-architectures', 'let --fail-on judge what is told of for other architectures only'),
    )
    .addOption(flag('--allow-incomplete', 'do not exit with 3 when something could not be read or is not covered'))
    .addOption(allowUncovered())
    .addOption(
      flag('--max-feed-age <duration>', 'exit with 4 when advisory data is older')
        .default(10_080, '7d')
        .argParser(parseMinutes),
    )
    .addOption(flag('--offline', 'use stored advisory data only, never the network'))
    .addOption(flag('--feeds-dir <dir>', 'read feeds from files laid out like the upstreams (clarion feeds --layout)'))
    .addOption(flag('--details', 'describe every vulnerability, not only what is exploited, Critical or High'))
    .addOption(flag('--list-packages', 'also list packages without findings'))
    .addOption(flag('--no-match', 'only detect packages; look for no vulnerabilities'))
    .addHelpText('after', imageHelp + exitHelp)
    .addHelpText(
      'after',
      examples(
        'scan alpine:3.22',
        'scan image.tar --fail-on High --ignore-unfixed',
        'scan oci:layout:v1 --format json --output report.json',
        'scan app.tar --offline',
      ),
    )
    .action(async (image: string, _options: unknown, command: Command) => {
      const { scan } = await import('./commands/scan');
      await scan(image, command.optsWithGlobals());
    });
}

function addPackages(program: Command): void {
  withImageOptions(program.command('packages').description('list what is inside an image, without matching'))
    .addOption(
      withValues(flag('--format <name>', 'table, json or cyclonedx').default('table'), ['table', 'json', 'cyclonedx']),
    )
    .addOption(allowUncovered())
    .addHelpText('after', imageHelp)
    .addHelpText(
      'after',
      examples('packages debian:12', 'packages image.tar --format cyclonedx --output sbom.cdx.json'),
    )
    .action(async (image: string, _options: unknown, command: Command) => {
      const { packages } = await import('./commands/packages');
      await packages(image, command.optsWithGlobals());
    });
}

function addExplain(program: Command): void {
  withImageOptions(
    program
      .command('explain')
      .description('tell why each package of an image is, or is not, affected by a vulnerability'),
  )
    .argument('<id>', 'any id of the vulnerability: CVE-2023-5678, GHSA-…')
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addHelpText('after', `${imageHelp}\nStored advisory data is used as it is: scan and update bring it up to date.\n`)
    .addHelpText('after', examples('explain debian:12 CVE-2023-5678', 'explain image.tar CVE-2024-6387 --format json'))
    .action(async (...[image, vulnerability, , command]: [string, string, unknown, Command]) => {
      const { explain } = await import('./commands/explain');
      await explain(image, vulnerability, command.optsWithGlobals());
    });
}

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

function addServe(program: Command): void {
  withCallerLimits(
    withReachOptions(
      program
        .command('serve')
        .description('run all of Clarion in one process: REST and gRPC on one port, feeds, notifications'),
    ),
  )
    .addOption(flag('--listen <host:port>', 'address of REST and gRPC').default('127.0.0.1:6060'))
    .addOption(flag('--introspection-port <port>', 'port of probes and metrics').default(6061).argParser(parsePort))
    .addOption(flag('--public-url <url>', 'address of Clarion as receivers of webhooks reach it'))
    .addOption(
      withValues(flag('--auth <on|off>', 'off: whoever reaches it is an administrator').default('on'), ['on', 'off']),
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
      flag('--layer-memory <size>', 'most memory of a process that reads layers; there are as many as --concurrency')
        .default(512 * 1024 ** 2, '512MiB')
        .argParser(parseSize),
    )
    .addOption(
      flag('--max-feed-age <duration>', 'older advisory data makes a report stale')
        .default(10_080, '7d')
        .argParser(parseMinutes),
    )
    .addOption(
      flag('--notify-epss <score>', 'tell when an EPSS score crosses this one (default: never)').argParser(parseScore),
    )
    .addOption(
      flag('--notify-unreferenced', 'also tell of images whose tags have all been moved to others').default(false),
    )
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
      const { serve } = await import('./commands/serve');
      await serve(command.optsWithGlobals());
    });
}

function addUpdate(program: Command): void {
  program
    .command('update')
    .description('fetch advisory feeds (scan does so by itself when they are old)')
    .addArgument(new Argument('[feed...]', 'feed ids; all when none is named'))
    .addOption(flag('--from <dir-or-url>', 'a mirror laid out like the upstreams, one folder a feed'))
    .addOption(flag('--force', 'apply an update that shrinks a feed suspiciously'))
    .addOption(flag('--list', 'list the feeds and end'))
    .addHelpText('after', examples('update', 'update debian-security-tracker', 'update --from /media/feeds'))
    .action(async (feeds: string[], _options: unknown, command: Command) => {
      const { update } = await import('./commands/update');
      await update(feeds, command.optsWithGlobals());
    });
}

function addDatabase(program: Command): void {
  const db = program.command('db').description('the stored facts: layers and advisories');
  db.command('status')
    .description('feeds with age, rows and errors')
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .addHelpText('after', examples('db status', 'db status --format json'))
    .action(async (_options: unknown, command: Command) => {
      const { status } = await import('./commands/db');
      await status(command.optsWithGlobals());
    });
  db.command('export')
    .description('write all advisory data to one file, for machines without network')
    .argument('<file>')
    .addHelpText('after', examples('db export facts.clarion.gz'))
    .action(async (file: string, _options: unknown, command: Command) => {
      const { exportBundle } = await import('./commands/bundle');
      await exportBundle(file, command.optsWithGlobals());
    });
  db.command('import')
    .description('replace what the feeds of such a file said by what it holds, at once or not at all')
    .argument('<file>')
    .addHelpText('after', examples('db import facts.clarion.gz', 'scan app.tar --offline'))
    .action(async (file: string, _options: unknown, command: Command) => {
      const { importBundle } = await import('./commands/bundle');
      await importBundle(file, command.optsWithGlobals());
    });
  db.command('prune')
    .description('forget layers and images that were not used for a while, and feeds this build does not have')
    .addOption(flag('--unused-for <duration>', 'how long').default(43_200, '30d').argParser(parseMinutes))
    .addHelpText('after', examples('db prune', 'db prune --unused-for 7d'))
    .action(async (_options: unknown, command: Command) => {
      const { prune } = await import('./commands/db');
      await prune(command.optsWithGlobals());
    });
}

function addLists(program: Command): void {
  program
    .command('detectors')
    .description('list the detectors with their versions')
    .addOption(detectorsOption())
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .action(async (_options: unknown, command: Command) => {
      const { detectors } = await import('./commands/lists');
      await detectors(command.optsWithGlobals());
    });
  program
    .command('feeds')
    .description('list the feeds of this build, and how their updates go')
    .addOption(flag('--layout', 'print the layout of a feed directory (--feeds-dir)'))
    .addOption(withValues(flag('--format <name>', 'table or json').default('table'), ['table', 'json']))
    .action(async (_options: unknown, command: Command) => {
      const { feeds } = await import('./commands/lists');
      await feeds(command.optsWithGlobals());
    });
}

function addVersion(program: Command): void {
  const version = program.command('version').description('print the version; compare versions of packages');
  version.action(() => {
    process.stdout.write(`clarion ${clarionVersion}\n`);
  });
  version
    .command('compare')
    .description('print <, = or > for two versions; --batch reads lines SCHEME<tab>A<tab>B from stdin')
    .argument('[scheme]', 'dpkg, rpm, apk, semver, pep440, … (clarion version schemes)')
    .argument('[a]')
    .argument('[b]')
    .addOption(flag('--batch', 'read stdin, print one line each: <, =, > or "invalid: WHY"'))
    .addHelpText(
      'after',
      examples(
        "version compare dpkg '1.0~rc1' 1.0",
        "printf 'apk\\t1.2-r0\\t1.2-r1\\n' | clarion version compare --batch",
      ),
    )
    .action(async (...given: [string?, string?, string?, { batch?: true }?, Command?]) => {
      const { compare, compareBatch } = await import('./commands/version');
      const [scheme, a, b, options] = given;
      if (options?.batch) await compareBatch(process.stdin, process.stdout);
      else compare([scheme, a, b]);
    });
  version
    .command('matches')
    .description('tell whether a version is inside a range; exit code 0 yes, 1 no')
    .argument('<scheme>')
    .argument('<version>')
    .argument('<range>', 'such as ">=1.2, <1.2.5 || =2.0"')
    .addHelpText('after', examples("version matches rpm 1.2.3-4 '<1.2.4'"))
    .action(async (scheme: string, text: string, range: string) => {
      const { matches } = await import('./commands/version');
      matches(scheme, text, range);
    });
  version
    .command('schemes')
    .description('list the version schemes')
    .action(async () => {
      const { schemes } = await import('./commands/version');
      schemes();
    });
}

/** The whole command tree. Only this is loaded at start; a command's code is loaded when it runs. */
export function createProgram(): Command {
  const program = new Command('clarion')
    .description('Clarion tells which of your container images are vulnerable, and where it is fixed')
    .version(`clarion ${clarionVersion}`, '-V, --version')
    .addOption(flag('--db <dir>', 'where facts are kept').default(defaultDirectory(), '$XDG_CACHE_HOME/clarion'))
    .addOption(flag('--config <file>', 'options as "name: value" lines (default clarion.yaml, if it is there)'))
    .addOption(flag('--quiet', 'no progress and no warnings'))
    .addOption(flag('--json-errors', 'errors as one JSON object a line on stderr'))
    .showSuggestionAfterError()
    .showHelpAfterError('(clarion help COMMAND tells more)')
    .hook('preAction', (root, action) => applyConfigFile(root, action));
  program.addHelpText('after', examples('scan alpine:3.22', 'packages image.tar', 'update', 'help scan'));
  addScan(program);
  addPackages(program);
  addExplain(program);
  addUpdate(program);
  addServe(program);
  addDatabase(program);
  addLists(program);
  addVersion(program);
  program
    .command('completion')
    .description('print a completion script')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(clarion completion bash)\n  $ clarion completion fish > ~/.config/fish/completions/clarion.fish\n',
    )
    .action(async (shell: string) => {
      const { completion } = await import('./commands/completion');
      process.stdout.write(completion(shell, program));
    });
  return program;
}
