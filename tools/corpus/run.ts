// npm run corpus [-- OPTIONS]: hostile images and feeds made from a seed, each tested with the command line in a
// separate process.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { featureDetectors } from '@clarion/feature-detectors';
import { hostileFeeds } from './feeds';
import { runFeed } from './run-feed';
import { type HostileImage, vulnerability } from './hostile-image';
import { hostileImages } from './images';
import { observe } from './observe';
import { type AttemptContext, firstLine, type AttemptResult } from './attempt-result';
import { type Fault, faults, faultsOfScan } from './faults';

export interface CorpusOptions {
  readonly seed: number;
  /** The workspace. */
  readonly root: string;
  /** Only inputs whose name contains this text. */
  readonly only?: string;
  /** Of each family every nth input, the first one always, for a short run. */
  readonly every?: number;
  readonly onResult?: (result: AttemptResult) => void;
}

/**
 * Makes the corpus and tests one input after the other: making some of them blocks this process, which then cannot
 * observe another run.
 */
export async function runCorpus(options: CorpusOptions): Promise<{ images: AttemptResult[]; feeds: AttemptResult[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-corpus-'));
  try {
    const bundle = join(options.root, 'dist', 'apps', 'cli', 'main.js');
    const store = join(directory, 'store');
    const samples = join(options.root, 'tools', 'sample', 'feeds');
    const update = ['update', '--from', samples, '--db', store, 'debian-security-tracker', 'alpine-secdb'];
    const { stderr } = await observe(bundle, update);
    if (!existsSync(store)) throw new Error(`The feeds of the corpus cannot be loaded: ${stderr}`);
    const context: AttemptContext = { directory, bundle, store };
    const chosen = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
      everyOf(all, options.every ?? 1).filter(({ name }) => name.includes(options.only ?? ''));
    return {
      images: await inTurn(chosen(hostileImages(options)), options, (image) => scan(image, context)),
      feeds: await inTurn(chosen(hostileFeeds(options)), options, (feed) => runFeed(feed, context)),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Of each family (`family/case`) every nth input from the first on. */
export function everyOf<T extends { readonly name: string }>(all: readonly T[], every: number): readonly T[] {
  const seen = new Map<string, number>();
  return all.filter(({ name }) => {
    const [family = ''] = name.split('/');
    const number = seen.get(family) ?? 0;
    seen.set(family, number + 1);
    return number % every === 0;
  });
}

async function inTurn<T>(
  inputs: readonly T[],
  { onResult }: CorpusOptions,
  attempt: (input: T) => Promise<AttemptResult>,
): Promise<AttemptResult[]> {
  const results: AttemptResult[] = [];
  for (const input of inputs) {
    const result = await attempt(input);
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** Detectors that are off by default. */
const moreDetectors = featureDetectors.flatMap(({ id, enabled }) => (enabled === false ? [id] : []));
/** Packages of languages need no advisories here, and a scan without any of theirs would end. */
const configuration = 'feeds: {disable: [osv, go-vulndb]}\n';

async function scan(image: HostileImage, { directory, bundle, store }: AttemptContext): Promise<AttemptResult> {
  const folder = join(directory, 'image');
  const own = join(directory, 'own-store');
  mkdirSync(folder, { recursive: true });
  // Every image meets an empty memory; those that poison it bring their own first image.
  rmSync(own, { recursive: true, force: true });
  cpSync(store, own, { recursive: true });
  const report = join(folder, 'report.json');
  const args = ['--offline', '--db', own, '--format', 'json', '--output', report, '--fail-on', 'Critical'];
  try {
    if (image.before !== undefined) {
      await observe(bundle, ['scan', image.before.write(folder), ...args]);
      rmSync(report, { force: true });
    }
    if (image.about !== undefined) {
      const settings = join(folder, 'clarion.yaml');
      writeFileSync(settings, configuration);
      args.push(
        '--config',
        settings,
        ...(moreDetectors.length > 0 ? ['--enable-detectors', moreDetectors.join(',')] : []),
      );
    }
    const run = await observe(bundle, ['scan', image.write(folder), ...args]);
    const { seconds, peakMebibytes, stderr } = run;
    const wrong = faultsOfScan(run, report, { ...image, vulnerability });
    return { name: image.name, faults: wrong, seconds, peakMebibytes, said: firstLine(stderr) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printTable(title: string, results: readonly AttemptResult[]): void {
  const count = (fault: Fault): string => String(results.filter((result) => result.faults.includes(fault)).length);
  const headings = ['inputs', 'crashes', 'hangs', 'over budget', 'silent clean', 'missed'];
  const cells = [String(results.length), ...faults.map(count)];
  console.log(`${title.padEnd(8)}${headings.map((heading) => heading.padStart(14)).join('')}`);
  console.log(`${''.padEnd(8)}${cells.map((cell) => cell.padStart(14)).join('')}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      every: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { images, feeds } = await runCorpus({
    seed: Number(values.seed),
    root: join(__dirname, '..', '..', '..', '..'),
    ...(values.only === undefined ? {} : { only: values.only }),
    ...(values.every === undefined ? {} : { every: Number(values.every) }),
    onResult: ({ name, faults: wrong, seconds, peakMebibytes, said }) => {
      if (wrong.length === 0 && !values.verbose) return;
      const shown = wrong.length === 0 ? 'ok' : wrong.join(', ');
      console.log(`${shown.padEnd(10)} ${name}: ${seconds.toFixed(1)} s, ${peakMebibytes.toFixed(0)} MiB; ${said}`);
    },
  });
  printTable('images', images);
  printTable('feeds', feeds);
  if ([...images, ...feeds].some((result) => result.faults.length > 0)) process.exitCode = 1;
}

if (require.main === module) void main();
