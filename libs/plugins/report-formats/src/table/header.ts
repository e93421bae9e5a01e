import type { ReportCoverage, CoveredNamespace, FeedCoverage, ImageInventory } from '@clarion/model';

import { printable } from '../printable';
import { packagesByType } from './packages-table';
import type { TextStyle, TextColours } from './style';
import { wrap } from './text-width';

interface Value {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Lines that say what was scanned: reference, distribution, packages, layers and, for a report, the feeds. */
export function header(inventory: ImageInventory, look: TextStyle, coverage?: ReportCoverage): string[] {
  const { paint } = look;
  const { reference, platform, layers, manifestDigest } = inventory.image;
  const title = `${paint.bold(printable(reference || '(no name)'))}  ${paint.dim(printable(platform))}`;
  const feeds = coverage?.feeds.map((feed) => feedAge(feed, paint)) ?? [];
  const noFeeds: Value[] =
    coverage?.feeds.length === 0 ? [{ text: 'none speaks about this image', paint: paint.yellow }] : [];
  const rows = [
    ...labelled('Manifest', fits(manifestDigest, look) ? [{ text: printable(manifestDigest) }] : []),
    ...labelled('Distribution', [distribution(inventory, look, coverage)]),
    ...labelled('Packages', [{ text: packageCounts(inventory) }]),
    ...labelled('Layers', [{ text: layers.length > 1 ? `${layers.length} (#1 is the base)` : String(layers.length) }]),
    ...labelled('Feeds', [...feeds, ...noFeeds]),
  ];
  return [title, '', ...rows.flatMap((row) => rowLines(row, look))];
}

/** `412 (dpkg 100, npm 300, pypi 12)`: how many of each ecosystem, where there are several. */
function packageCounts({ packages }: ImageInventory): string {
  const byType = packagesByType(packages).map(([type, ofType]) => `${printable(type)} ${ofType.length}`);
  return byType.length > 1 ? `${packages.length} (${byType.join(', ')})` : String(packages.length);
}

interface Row extends Value {
  readonly label: string;
}

const labelWidth = 14;

/** A digest broken into two lines is of no use; the JSON report has it. */
function fits(digest: string | null, { width }: TextStyle): digest is string {
  return digest !== null && labelWidth + 2 + digest.length <= width;
}

/** Several values of one label are below each other. */
function labelled(label: string, values: readonly Value[]): Row[] {
  return values.map((value, index) => ({ ...value, label: index === 0 ? label : '' }));
}

function rowLines({ label, text, paint: paintValue = String }: Row, { paint, width }: TextStyle): string[] {
  return wrap(text, width - labelWidth - 2).map(
    (line, index) => `  ${paint.dim((index === 0 ? label : '').padEnd(labelWidth))}${paintValue(line)}`,
  );
}

function distribution({ namespaces }: ImageInventory, { paint }: TextStyle, coverage?: ReportCoverage): Value {
  if (namespaces.length === 0) return { text: 'unknown', paint: paint.yellow };
  const latest = coverage === undefined ? '' : latestUpdate(coverage);
  const covered = new Map(coverage?.namespaces.map((namespace) => [namespace.id, namespace]));
  const parts = namespaces.map(({ id }) => describe(id, covered.get(id), latest));
  const text = parts.map((part) => part.text).join(', ');
  return parts.some(({ ended }) => ended) ? { text, paint: paint.yellow } : { text };
}

/** The time of the newest facts of any feed: the date of the report, as far as its facts show. Empty without facts. */
function latestUpdate({ feeds }: ReportCoverage): string {
  return feeds.map(({ updatedAt }) => updatedAt ?? '').reduce((a, b) => (a > b ? a : b), '');
}

/** Namespaces whose vendor's support had ended when the newest facts came. */
export function unsupported(coverage: ReportCoverage): readonly string[] {
  const latest = latestUpdate(coverage);
  return coverage.namespaces.flatMap(({ id, endOfLife }) => (endOfLife !== null && endOfLife < latest ? [id] : []));
}

function describe(id: string, covered: CoveredNamespace | undefined, latest: string): { text: string; ended: boolean } {
  const endOfLife = covered?.endOfLife ?? null;
  if (covered?.support === 'rolling') return { text: `${printable(id)} (rolling release)`, ended: false };
  if (covered?.support === 'unknown') return { text: `${printable(id)} (end of support unknown)`, ended: false };
  if (endOfLife === null) return { text: printable(id), ended: false };
  // Without the age of any feed the current date is unknown, and so whether support has ended.
  if (latest === '') return { text: `${printable(id)} (end of support: ${printable(endOfLife)})`, ended: false };
  const ended = endOfLife < latest;
  return { text: `${printable(id)} (support ${ended ? 'ended' : 'ends'} ${printable(endOfLife)})`, ended };
}

function feedAge({ id, updatedAt, stale }: FeedCoverage, paint: TextColours): Value {
  if (updatedAt === null) return { text: `${printable(id)}, never loaded`, paint: paint.yellow };
  const text = `${printable(id)}, updated ${minutes(updatedAt)}`;
  return stale ? { text: `${text}, stale`, paint: paint.yellow } : { text };
}

/** `2024-03-01 10:00 UTC` of an RFC 3339 time. */
function minutes(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return printable(time);
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
