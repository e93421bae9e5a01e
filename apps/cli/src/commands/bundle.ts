import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { bundleSigner, bundleVerifier, exportFacts, importFacts } from '@clarion/fact-bundle';
import { configuredFeeds, isBoundToLocation, ownVulnerabilities } from '@clarion/feed-sources';
import { ClarionError, feedName, type FeedState, storageFailure } from '@clarion/model';
import { isUnpublished, settleUnpublished } from '../unpublished-changes';
import { withCommandContext } from '../command-context';
import type { ProgressPhase } from '../progress';
import type { CommonSettings } from '../settings';

export interface ExportSettings extends CommonSettings {
  /** File of the private key that signs the bundle. */
  readonly signKey?: string;
}

async function keyIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ClarionError('not-found', `The key ${file} cannot be read`, { cause });
  }
}

/** Passes bytes through and shows their number. */
async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  { phase, from, total }: { readonly phase: ProgressPhase; readonly from: number; readonly total?: number },
): AsyncGenerator<Uint8Array> {
  let done = from;
  for await (const chunk of bytes) {
    done += chunk.length;
    phase.advance(done, total);
    yield chunk;
  }
}

/**
 * Data that scans of a mirror stored is valid only for that mirror: a bundle contains the data stored for the feeds
 * themselves.
 */
function nothingToExport(stored: readonly FeedState[]): ClarionError {
  const mirrors = stored.flatMap(({ feed, place, lastSuccess }) =>
    place !== undefined && lastSuccess !== undefined && isBoundToLocation(feed) ? [place] : [],
  );
  const [mirror] = mirrors;
  if (mirror === undefined) {
    return new ClarionError('no-data', 'There is no advisory data to export', { remedy: 'run clarion update first' });
  }
  return new ClarionError('no-data', `There is no advisory data to export, only that of mirrors such as ${mirror}`, {
    remedy: 'run clarion update --from DIR with the folder of the mirror first',
  });
}

/**
 * `clarion db export FILE`: the file appears only when it is complete. It contains neither data of other
 * configurations in the same store, such as the own data of other projects, nor data written by API callers, which
 * belongs to that installation.
 */
export async function exportBundle(file: string, settings: ExportSettings): Promise<void> {
  const sign = settings.signKey === undefined ? undefined : bundleSigner(await keyIn(settings.signKey));
  await withCommandContext(settings, async ({ store, progress, signal }) => {
    // A bundle identifies feeds by name; the mirrors of this configuration are not included.
    const named = new Map(configuredFeeds(settings).map((feed) => [feed.id, feed.own ? feed.id : feedName(feed)]));
    const stored = await store.feedStates();
    const states = stored.filter(({ feed }) => named.has(feed));
    if (states.every(({ lastSuccess }) => lastSuccess === undefined)) {
      throw nothingToExport(stored);
    }
    const phase = progress.phase('export', 'bytes');
    const unfinished = `${file}.${process.pid}.tmp`;
    try {
      // Opened before anything is read: an unwritable path must not abort a running compressor.
      const output = (await open(unfinished, 'wx')).createWriteStream();
      const bytes = counted(
        exportFacts(store, (feed) => named.get(feed), sign),
        { phase, from: 0 },
      );
      await pipeline(bytes, output, { signal });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      if (error instanceof ClarionError || signal.aborted) throw error;
      const full = storageFailure(error, file);
      if (full !== undefined) throw full;
      throw new ClarionError('invalid-input', `The bundle cannot be written to ${file}`, {
        cause: error,
        remedy: 'check that the folder exists and is writable',
      });
    }
    const others = stored.filter(({ feed }) => !named.has(feed) && feed !== ownVulnerabilities.id).length;
    const left = others === 0 ? '' : `; feeds that this configuration does not name were left out: ${others}`;
    phase.end(
      `${states.length} feeds, ${states.reduce((sum, { statements }) => sum + statements, 0)} advisories${left}`,
    );
  });
}

export interface ImportSettings extends CommonSettings {
  /** Also import feeds that shrink more than an update allows. */
  readonly force?: boolean;
  /** File of the public key that has to verify the bundle's signature. */
  readonly verifyKey?: string;
}

/** `clarion db import FILE`: imports everything or nothing; readers see the old facts until then. */
export async function importBundle(file: string, settings: ImportSettings): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) {
    throw new ClarionError('not-found', `There is no bundle ${file}`, {
      remedy: 'name a file that clarion db export has made (a bundle is read twice, so no pipe)',
    });
  }
  const { verifyKey } = settings;
  const verified = verifyKey === undefined ? {} : { verify: bundleVerifier(await keyIn(verifyKey)) };
  await withCommandContext(
    settings,
    async ({ store, progress, signal }) => {
      const phase = progress.phase('import', 'bytes');
      let readings = 0;
      const open = (): AsyncIterable<Uint8Array> => {
        const from = stats.size * readings;
        readings += 1;
        return counted(createReadStream(file, { highWaterMark: 1 << 18 }), { phase, from, total: 2 * stats.size });
      };
      const configured = configuredFeeds(settings);
      const own = new Set(configured.flatMap((feed) => (feed.own === true ? [feed.id] : [])));
      const isOwn = (feed: string): boolean => own.has(feed);
      const here = new Map(configured.map((feed) => [feed.own ? feed.id : feedName(feed), feed.id]));
      // Older bundles contain records that API callers of another installation wrote: they must not replace the
      // records written here.
      const nameOf = (feed: string): string | undefined =>
        feed === ownVulnerabilities.id ? undefined : (here.get(feed) ?? feed);
      const { force = false } = settings;
      const options = {
        label: file,
        nameOf,
        signal,
        isOwn,
        force,
        ...verified,
        unpublished: await isUnpublished(store),
      };
      const { feeds, groups, texts } = await importFacts(open, store, options);
      await settleUnpublished(store);
      phase.end(`${feeds.length} feeds, ${groups} packages, ${texts} descriptions`);
    },
    { writes: true },
  );
}
