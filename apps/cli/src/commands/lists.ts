import { roleOf } from '@clarion/matching';
import { feedName } from '@clarion/model';
import { printRows, tableWidth, wrapWords } from '../rows';
import { configuredFeeds, type FeedSettings } from '@clarion/feed-sources';
import { openDetectors } from '../detectors';

/** `clarion detectors` */
export async function detectors(settings: { readonly format: string; readonly detectors?: string }): Promise<void> {
  const { client, close } = await openDetectors(settings.detectors);
  const known = await client.list().finally(close);
  printRows(
    settings.format,
    known.map(({ id, kind, version, title, wants }) => ({ id, kind, version, title, paths: wants.paths })),
    ['id', 'kind', 'version', 'title'],
  );
}

/** `clarion feeds` */
export function feeds(settings: FeedSettings & { readonly format: string; readonly layout?: boolean }): void {
  const configured = configuredFeeds(settings);
  if (settings.layout) {
    for (const feed of configured) {
      for (const file of feed.layout) process.stdout.write(`${feedName(feed)}/${file}\n`);
    }
    process.stdout.write('each also with .gz, .xz, .zst or .bz2\n');
    return;
  }
  const rows = configured.map((feed) => ({
    id: feedName(feed),
    enabled: feed.enabled !== false,
    role: roleOf(feed),
    rates: feed.rates,
    version: feed.version,
    title: feed.title,
    namespaces: feed.namespaces.join(' '),
    baseUrl: feed.baseUrl,
    licence: feed.licence ?? null,
  }));
  printRows(settings.format, rows, ['id', 'enabled', 'title', 'namespaces']);
  if (settings.format !== 'table') return;
  for (const { id, licence } of configured.filter(({ enabled }) => enabled === false)) {
    // Who switches a feed on should have seen its terms.
    const terms = licence === undefined ? '' : ` (licence: ${licence})`;
    const text = `${id} is off${terms}; "feeds: {enable: [${id}]}" in clarion.yaml switches it on`;
    process.stdout.write(`\n${wrapWords(text, tableWidth).join('\n')}`);
  }
  process.stdout.write('\n');
}
