import { configuredFeeds, enabledFeeds, isBoundToLocation, ownVulnerabilities } from '@clarion/feed-sources';
import { describePartial, feedCounts, feedHealth } from '@clarion/feed-updating';
import { historiesBegin } from '@clarion/history';
import {
  compareText,
  feedName,
  firstTimeOrderedId,
  type FeedSource,
  type FeedState,
  type HistorySize,
} from '@clarion/model';
import { withCommandContext } from '../command-context';
import { printable } from '../failure';
import { otherLocations, locationOf } from '../feed-locations';
import { textWidth } from '../output';
import { printRows, wrapWords } from '../rows';
import type { CommonSettings } from '../settings';
import { type OtherStoredFeed, otherStoredFeeds } from './other-stored-feeds';

/** Namespaces that a feed no longer covers, with the time since when: their facts stay unchanged. */
function frozenIn(state: FeedState | undefined): Readonly<Record<string, string>> {
  const documents = Object.values(state?.documents ?? {});
  const spokenOf = new Set(
    documents.flatMap(({ namespaces, frozen = {} }) => namespaces.filter((id) => !Object.hasOwn(frozen, id))),
  );
  const frozen = documents.flatMap((document) => Object.entries(document.frozen ?? {}));
  return Object.fromEntries(frozen.filter(([id]) => !spokenOf.has(id)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `clarion db status` */
export async function status(settings: CommonSettings & { readonly format: string }): Promise<void> {
  await withCommandContext(settings, async ({ store, progress }) => {
    const states = new Map((await store.feedStates()).map((state) => [state.feed, state]));
    // A disabled feed is shown while it has stored facts.
    const shown = configuredFeeds(settings).filter(({ id, enabled }) => enabled !== false || states.has(id));
    const now = new Date();
    const knownSince = await historiesBegin(store);
    const configured = shown.map((source) => ({
      ...statusRow(source, states.get(source.id), now),
      knownSince: knownSince.get(source.id) ?? null,
      otherLocations: otherLocations(source, states.values()),
    }));
    const ids = new Set(shown.map(({ id }) => id));
    const others = otherStoredFeeds(states.values(), await store.removedFeeds(), (feed) => ids.has(feed));
    const rows: readonly StatusRow[] = [
      ...configured,
      ...others.map(({ id, ...row }) => ({ ...row, knownSince: knownSince.get(id) ?? null, otherLocations: [] })),
    ];
    const [bytes, history, kept] = [await store.size(), await store.historySize(), await store.resultsSize()];
    const historyFrom = await store.historyFrom();
    progress.close();
    if (settings.format !== 'table') {
      printRows(settings.format, rows, []);
      return;
    }
    printStatus(rows.filter(({ enabled, level }) => enabled || level === 'off'));
    printOthers(rows.filter(({ level }) => level === 'elsewhere'));
    process.stdout.write(
      `\n${settings.db}: ${mebibytes(bytes ?? 0)}\n${describeHistory(rows, { ...history, historyFrom })}\n`,
    );
    process.stdout.write(`reports and composed images that are kept: ${kept.results}, ${mebibytes(kept.bytes)}\n`);
  });
}

type StatusRow = (ReturnType<typeof statusRow> | Omit<OtherStoredFeed, 'id'>) & {
  /** When the history of the feed begins, RFC 3339: reports of earlier times are not possible. Null without one. */
  readonly knownSince: string | null;
  readonly otherLocations: readonly string[];
};

interface KnownSize extends HistorySize {
  readonly historyFrom: string | undefined;
}

/** When the history of all feeds is complete, and since when that of the first one is known. */
function describeHistory(rows: readonly StatusRow[], { changes, bytes, historyFrom }: KnownSize): string {
  const times = rows.flatMap(({ knownSince }) => knownSince ?? []).sort();
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return 'history: none yet; it begins when feeds are next updated';
  const without = rows.filter(({ knownSince, lastSuccess }) => knownSince === null && lastSuccess !== 'never');
  const exception = without.length === 0 ? '' : `, but for ${without.map(({ feed }) => feed).join(', ')}`;
  const earliest = minute(first) === minute(last) ? '' : ` (of some feeds since ${minute(first)})`;
  const removed = rows.flatMap((row) => ('removedAt' in row ? [`${row.feed} until ${minute(row.removedAt)}`] : []));
  const sentences = [
    `history: ${changes} changes, ${mebibytes(bytes)}; complete since ${minute(last)} UTC${earliest}${exception}`,
    ...(historyFrom === undefined ? [] : [`what was known before ${minute(historyFrom)} is pruned`]),
    ...(removed.length === 0 ? [] : [`removed with its history: ${removed.join(', ')}`]),
  ];
  return printable(sentences.join('; '));
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** A time to the minute. */
function minute(time: string): string {
  return time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2');
}

/** Counts are null for a feed that was never loaded, as they are unknown. */
function statusRow(source: FeedSource, state: FeedState | undefined, now: Date) {
  return {
    feed: feedName(source),
    location: locationOf(source),
    enabled: source.enabled !== false,
    level: source.enabled === false ? 'off' : feedHealth(source, state, now).level,
    lastSuccess: state?.lastSuccess ?? 'never',
    lastChange: state?.lastChange ?? null,
    ...feedCounts(state),
    lastError: state?.lastError ?? null,
    failingSince: state?.failingSince ?? null,
    problemSamples: state?.problemSamples ?? [],
    missing: state?.missing?.map(({ name }) => name) ?? [],
    partial: (state && describePartial(source, state)) ?? null,
    frozen: frozenIn(state),
  };
}

/** Times to the minute (UTC), and errors below the table, so that neither is broken into pieces. */
function printStatus(rows: readonly StatusRow[]): void {
  printRows(
    'table',
    rows.map((row) => ({
      ...row,
      lastSuccess: minute(row.lastSuccess),
      lastChange: row.lastChange === null ? null : minute(row.lastChange),
    })),
    ['feed', 'level', 'lastSuccess', 'lastChange', 'advisories', 'records', 'problems'],
  );
  for (const { feed, lastError, partial, location, otherLocations: others } of rows) {
    const elsewhere = `${feed} of this configuration comes from ${location}; what is stored from ${others.join(' and ')} is not used`;
    const failure = lastError === null ? null : `${feed}: ${lastError}`;
    for (const text of [failure, partial, others.length === 0 ? null : elsewhere]) {
      if (text !== null) process.stdout.write(`\n${wrapWords(printable(text), textWidth()).join('\n')}\n`);
    }
  }
}

/** What `scan --feeds-dir`, mirrors and own data of other configurations have brought: not used by this one. */
function printOthers(rows: readonly StatusRow[]): void {
  if (rows.length === 0) return;
  const shown = rows.map((row) => ({
    ...row,
    lastSuccess: minute(row.lastSuccess),
    knownSince: row.knownSince === null ? null : minute(row.knownSince),
  }));
  for (const source of [...new Set(shown.map(sourceOf))].sort(compareText)) {
    process.stdout.write(`\nStored for other configurations (--feeds-dir, mirrors), from ${printable(source)}:\n`);
    const from = shown.filter((row) => sourceOf(row) === source);
    printRows('table', from, ['feed', 'lastSuccess', 'advisories', 'records', 'problems', 'knownSince']);
  }
}

/** The directory or mirror that a feed came from with others: each feed has a folder there. */
function sourceOf({ feed, location }: Pick<StatusRow, 'feed' | 'location'>): string {
  const folder = `${encodeURIComponent(feed)}/`;
  return location.endsWith(`/${folder}`) ? location.slice(0, -folder.length) : location;
}

/** `clarion db prune` */
export async function prune(
  settings: CommonSettings & { readonly unusedFor: number; readonly keepHistory: number },
): Promise<void> {
  await withCommandContext(
    settings,
    async ({ store, progress }) => {
      const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
      const before = ago(settings.unusedFor).toISOString();
      // Own data and mirrors of other projects in the same store are kept like layers: as long as they are used.
      const used = (await store.feedStates())
        .filter(({ feed, lastAttempt = '' }) => isBoundToLocation(feed) && lastAttempt >= before)
        .map(({ feed }) => feed);
      // Records that users wrote through the API exist nowhere else: only users delete them.
      const keepFeeds = [ownVulnerabilities.id, ...enabledFeeds(settings).map(({ id }) => id), ...used];
      const [size, began] = [await store.historySize(), await store.historyFrom()];
      const { images, layers, feeds } = await store.prune({ before, keepFeeds });
      await store.forgetChanges(firstTimeOrderedId(ago(settings.keepHistory)));
      const [left, begins] = [await store.historySize(), await store.historyFrom()];
      progress.close();
      // An update that runs meanwhile adds some.
      const changes = Math.max(0, size.changes - left.changes);
      const since = begins === undefined || begins === began ? '' : `; the history begins at ${minute(begins)} UTC now`;
      process.stdout.write(
        `forgot ${images} images, ${layers} layers, ${feeds} feeds, ${changes} changes of feeds${since}\n`,
      );
    },
    { writes: true },
  );
}
