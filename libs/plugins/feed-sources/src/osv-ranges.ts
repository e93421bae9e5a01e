import { asObject } from '@clarion/file-formats/documents';
import { ClarionError, type VersionRange, type VersionScheme } from '@clarion/model';
import { isAffected, versionScheme } from '@clarion/version-schemes';

/** The versions of an `affected` entry; without ranges and versions, the entry names no version. */
export interface OsvVersions {
  readonly ranges: readonly VersionRange[];
  readonly versions: readonly string[];
  readonly problems: readonly string[];
}

const longestVersion = 200;
const maxEvents = 2000;

/**
 * Reads `ranges` and `versions` of an `affected` entry (OSV schema 1.7, "Evaluation"). Ranges of commits (`GIT`) do not
 * apply to packages. Single versions are kept only if no range includes them: a version in either is affected, and the
 * list mostly enumerates the ranges.
 */
export function osvVersions(ranges: unknown, versions: unknown, schemeId: string): OsvVersions {
  const problems: string[] = [];
  const scheme = versionScheme(schemeId);
  if (scheme === undefined) return { ranges: [], versions: [], problems: [`Unknown version scheme ${schemeId}`] };
  const intervals: VersionRange[] = [];
  for (const value of listOf(ranges)) {
    const range = asObject(value);
    if (range?.['type'] === 'GIT') continue;
    const found = range === undefined ? 'Range is not an object' : intervalsOf(range, scheme);
    if (typeof found === 'string') problems.push(found);
    else {
      intervals.push(...found.intervals);
      problems.push(...found.problems);
    }
  }
  return { ranges: intervals, versions: versionsBeside(intervals, listOf(versions), scheme), problems };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Schemes with the order of SemVer and additional spellings. */
const semverSchemes: ReadonlySet<string> = new Set(['semver', 'npm', 'go']);
/** Versions that every scheme orders in the same way. */
const plainRelease = /^\d+(?:\.\d+){0,2}$/;

interface Intervals {
  readonly intervals: readonly VersionRange[];
  readonly problems: readonly string[];
}

type EventKind = 'introduced' | 'fixed' | 'last_affected' | 'limit';
const eventKinds: readonly EventKind[] = ['introduced', 'fixed', 'last_affected', 'limit'];

interface RangeEvent {
  readonly kind: EventKind;
  readonly version: string;
}

function intervalsOf(range: Readonly<Record<string, unknown>>, scheme: VersionScheme): Intervals | string {
  const type = range['type'];
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return `Unknown type of range ${describe(type)}`;
  const events = eventsOf(range['events']);
  if (typeof events === 'string') return events;
  if (!events.some(({ kind }) => kind === 'introduced')) return 'Range that is introduced nowhere';
  const problems: string[] = [];
  // A group has one version scheme. If the range asks for another, only versions that are not plain releases differ.
  if (type === 'SEMVER' && !semverSchemes.has(scheme.id) && !events.every(({ version }) => isPlain(version)))
    problems.push(`SemVer range is read in the order of ${scheme.id}`);
  const sorted = sortedEvents(events, scheme);
  if (sorted === undefined) problems.push(`Range with a version that ${scheme.id} cannot order`);
  return { intervals: pairUp(sorted ?? events), problems };
}

function isPlain(version: string): boolean {
  return version === '*' || plainRelease.test(version);
}

function eventsOf(value: unknown): readonly RangeEvent[] | string {
  if (!Array.isArray(value) || value.length === 0) return 'Range without events';
  if (value.length > maxEvents) return `Range with more than ${maxEvents} events`;
  const events: RangeEvent[] = [];
  for (const item of value as readonly unknown[]) {
    const event = asObject(item);
    for (const kind of eventKinds) {
      const version = event?.[kind];
      if (version === undefined || version === null) continue;
      if (!isVersion(version)) return `Range with an invalid version: ${describe(version)}`;
      events.push({ kind, version: version.trim() });
    }
  }
  return events;
}

function isVersion(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longestVersion;
}

/** Events sorted by version; events at the same version keep their order. Undefined when the order is uncertain. */
function sortedEvents(events: readonly RangeEvent[], scheme: VersionScheme): readonly RangeEvent[] | undefined {
  // Also for a single event: a version that cannot be ordered must be detected here.
  let certain = events.every(({ version }) => orderEvents(scheme, version, version) === 0);
  const sorted = [...events].sort((a, b) => {
    const order = orderEvents(scheme, a.version, b.version);
    certain &&= order !== undefined;
    return order ?? 0;
  });
  return certain ? sorted : undefined;
}

/** `0` is before and `*` is after every version, in any scheme. */
function orderEvents(scheme: VersionScheme, a: string, b: string): number | undefined {
  if (a === b) return a === '0' || a === '*' ? 0 : scheme.order(a, b);
  if (a === '0' || b === '*') return -1;
  if (b === '0' || a === '*') return 1;
  return scheme.order(a, b);
}

function pairUp(events: readonly RangeEvent[]): readonly VersionRange[] {
  const limits = events.filter(({ kind }) => kind === 'limit');
  // A version is in the range when it is below any limit: the last limit is the widest.
  const limit = limits.at(-1)?.version;
  const bound = limit === undefined || limit === '*' ? {} : { limit };
  const intervals: VersionRange[] = [];
  let open: string | undefined;
  for (const { kind, version } of events) {
    if (kind === 'limit') continue;
    if (kind === 'introduced') open ??= version;
    else if (open !== undefined) {
      const end = kind === 'fixed' ? { fixed: version } : { lastAffected: version };
      // Introduced and fixed in the same version: the range is empty.
      if (kind !== 'fixed' || version !== open) intervals.push({ ...startOf(open), ...end, ...bound });
      open = undefined;
    }
  }
  if (open !== undefined) intervals.push({ ...startOf(open), ...bound });
  return intervals;
}

function startOf(introduced: string): VersionRange {
  return introduced === '0' ? {} : { introduced };
}

function versionsBeside(
  ranges: readonly VersionRange[],
  versions: readonly unknown[],
  scheme: VersionScheme,
): readonly string[] {
  const beside = new Set<string>();
  for (const version of versions) {
    if (isVersion(version) && !isCovered(ranges, version, scheme)) beside.add(version.trim());
  }
  return [...beside];
}

function isCovered(ranges: readonly VersionRange[], version: string, scheme: VersionScheme): boolean {
  if (ranges.length === 0) return false;
  try {
    return isAffected(scheme, ranges, version);
  } catch (error) {
    if (error instanceof ClarionError) return false;
    throw error;
  }
}

/** Objects are not serialised: a deeply nested one would overflow the stack. */
function describe(value: unknown): string {
  return typeof value === 'object'
    ? 'an object'
    : ((JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing');
}
