import { feedSources } from '@clarion/feed-sources';
import { printRows } from '../rows';
import { detectors as known } from '../image-facts';

/** `clarion detectors` */
export function detectors(settings: { readonly format: string }): void {
  printRows(
    settings.format,
    known.map(({ id, kind, version, title, wants }) => ({ id, kind, version, title, paths: wants.paths })),
    ['id', 'kind', 'version', 'title'],
  );
}

/** `clarion feeds` */
export function feeds(settings: { readonly format: string; readonly layout?: boolean }): void {
  if (settings.layout) {
    for (const feed of feedSources) {
      for (const file of feed.layout) process.stdout.write(`${feed.id}/${file}\n`);
    }
    process.stdout.write('each also with .gz, .xz, .zst or .bz2\n');
    return;
  }
  const rows = feedSources.map(({ id, version, title, baseUrl, namespaces }) => ({
    id,
    version,
    title,
    namespaces: namespaces.join(' '),
    baseUrl,
  }));
  printRows(settings.format, rows, ['id', 'version', 'title', 'namespaces', 'baseUrl']);
}
