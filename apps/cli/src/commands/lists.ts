import { roleOf } from '@clarion/matching';
import { feedName, type FeedSource, type FeedState } from '@clarion/model';
import { configuredFeeds } from '@clarion/feed-sources';
import { describeFailure, describePartial, feedHealth } from '@clarion/feed-updating';
import { type DetectorChoice, disabledDetectors, openDetectors } from '../detectors';
import { storedFeedStates } from '../command-context';
import { printable } from '../failure';
import { textWidth } from '../output';
import { printRows, wrapWords } from '../rows';
import type { CommonSettings } from '../settings';

/** `clarion detectors` */
export async function detectors(settings: { readonly format: string } & DetectorChoice): Promise<void> {
  const { client, close } = await openDetectors(settings);
  const known = await client.list().finally(close);
  const off = disabledDetectors(settings);
  const rows = [
    ...known.map((detector) => ({ detector, enabled: true })),
    ...off.map((detector) => ({ detector, enabled: false })),
  ].map(({ detector: { id, kind, version, title, files }, enabled }) => ({
    ...{ id, kind, version, enabled, title },
    ...files,
  }));
  printRows(settings.format, rows, ['id', 'kind', 'version', 'enabled', 'title']);
  if (settings.format !== 'table' || off.length === 0) return;
  const text = `Off: ${off.map(({ id }) => id).join(', ')}; --enable-detectors NAME,… switches those on that are off by default`;
  process.stdout.write(`\n${wrapWords(text, textWidth()).join('\n')}\n`);
}

/** The state of a feed's updates; the age is that of the last success. */
function healthOf(feed: FeedSource, state: FeedState | undefined, now: Date): Readonly<Record<string, unknown>> {
  const { level, ageSeconds } = feedHealth(feed, state, now);
  return {
    level: feed.enabled === false ? 'off' : level,
    ageSeconds: state?.lastSuccess === undefined ? null : ageSeconds,
    lastError: state?.lastError ?? null,
    failingSince: state?.failingSince ?? null,
    missing: state?.missing?.map(({ name }) => name) ?? [],
    partial: (state && describePartial(feed, state)) ?? null,
  };
}

/** `clarion feeds` */
export async function feeds(
  settings: CommonSettings & { readonly format: string; readonly layout?: boolean },
): Promise<void> {
  const configured = configuredFeeds(settings);
  if (settings.layout) {
    for (const feed of configured) {
      for (const file of feed.layout) process.stdout.write(`${feedName(feed)}/${file}\n`);
    }
    process.stdout.write('each also with .gz, .xz, .zst or .bz2\n');
    return;
  }
  const states = await storedFeedStates(settings.db);
  const now = new Date();
  const rows = configured.map((feed) => ({
    id: feedName(feed),
    enabled: feed.enabled !== false,
    ...healthOf(feed, states.get(feed.id), now),
    role: roleOf(feed),
    rates: feed.rates,
    version: feed.version,
    title: feed.title,
    namespaces: feed.namespaces.join(' '),
    baseUrl: feed.baseUrl,
    offBecause: feed.offBecause ?? null,
    licence: feed.licence ?? null,
  }));
  printRows(settings.format, rows, ['id', 'enabled', 'level', 'title', 'namespaces']);
  if (settings.format !== 'table') return;
  for (const feed of configured) {
    const state = states.get(feed.id);
    if (feed.enabled === false) continue;
    const failure = describeFailure(feed, state, now);
    const trouble = failure === undefined ? undefined : `${feedHealth(feed, state, now).level}: ${failure}`;
    for (const text of [trouble, state && describePartial(feed, state)]) {
      if (text !== undefined) process.stdout.write(`\n${wrapWords(printable(text), textWidth()).join('\n')}\n`);
    }
  }
  for (const feed of configured.filter(({ enabled }) => enabled === false)) {
    const { licence, offBecause } = feed;
    const id = feedName(feed);
    const reason = offBecause === undefined ? '' : `: ${offBecause}`;
    // Users should see the terms of a feed before they enable it.
    const terms = licence === undefined ? '' : ` (licence: ${licence})`;
    const text = `${id} is off${reason}${terms}; "feeds: {enable: [${id}]}" in clarion.yaml switches it on`;
    process.stdout.write(`\n${wrapWords(text, textWidth()).join('\n')}`);
  }
  process.stdout.write('\n');
}
