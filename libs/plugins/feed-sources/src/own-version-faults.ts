import { asObject, type JsonPath } from '@clarion/file-formats/documents';
import type { VersionScheme } from '@clarion/model';
import { checkNames, choice, type JsonMembers, members, type RecordFault, shown } from './own-fault';

/** The errors in the versions of an `affected` entry, for packages with this version scheme. */
export function* checkVersions(entry: JsonMembers, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const { ranges, versions } = entry;
  if (isWithoutVersions(ranges) && isEmpty(versions) && isEmpty(asObject(entry['database_specific'])?.['state'])) {
    yield { path, message: 'it names no version; add "ranges" or "versions", or a "state" that holds for all of them' };
    return;
  }
  if (ranges !== undefined && ranges !== null) {
    if (!Array.isArray(ranges)) yield { path: [...path, 'ranges'], message: '"ranges" is a list [ … ] of ranges' };
    else {
      for (const [index, range] of (ranges as readonly unknown[]).entries())
        yield* checkRange(range, scheme, [...path, 'ranges', index]);
    }
  }
  if (versions === undefined || versions === null) return;
  if (!Array.isArray(versions)) {
    yield { path: [...path, 'versions'], message: '"versions" is a list [ … ] of versions' };
    return;
  }
  for (const [index, version] of (versions as readonly unknown[]).entries()) {
    if (!isVersion(version, scheme)) yield { path: [...path, 'versions', index], message: noVersion(version, scheme) };
  }
}

/** Commits (GIT) are not package versions. */
function isWithoutVersions(ranges: unknown): boolean {
  if (isEmpty(ranges)) return true;
  return Array.isArray(ranges) && (ranges as readonly unknown[]).every((range) => asObject(range)?.['type'] === 'GIT');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

const rangeTypes = ['ECOSYSTEM', 'SEMVER', 'GIT'];

function* checkRange(value: unknown, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const range = asObject(value);
  if (range === undefined) {
    yield { path, message: 'a range is an object { "type": "ECOSYSTEM", "events": […] }' };
    return;
  }
  yield* checkNames(range, members.range, path);
  const { type, events } = range;
  if (typeof type !== 'string' || !rangeTypes.includes(type)) {
    yield {
      path: [...path, 'type'],
      message: `unknown type of range ${shown(type)}; ${choice(type, rangeTypes)}`,
    };
    return;
  }
  if (type === 'GIT') return;
  if (!Array.isArray(events) || events.length === 0) {
    const message = '"events" is a list such as [{ "introduced": "0" }, { "fixed": "2.1-3" }]';
    yield { path: [...path, 'events'], message };
    return;
  }
  for (const [index, event] of (events as readonly unknown[]).entries())
    yield* checkEvent(event, scheme, [...path, 'events', index]);
  if (!events.some((event) => asObject(event)?.['introduced'] !== undefined)) {
    yield {
      path: [...path, 'events'],
      message: 'the range begins nowhere; add { "introduced": "0" } for every version',
    };
    return;
  }
  yield* checkOrder(events as readonly unknown[], scheme, [...path, 'events']);
}

/**
 * Reports ends of a range below its start, which is the last one before them or else the first one: they have no
 * effect.
 */
function* checkOrder(events: readonly unknown[], scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const beginnings = events.map((event) => asObject(event)?.['introduced']);
  let begin = beginnings.find((version) => version !== undefined);
  for (const [index, event] of events.entries()) {
    begin = beginnings[index] ?? begin;
    for (const kind of ['fixed', 'last_affected'] as const) {
      const end = asObject(event)?.[kind];
      if (!isVersion(end, scheme) || !isBeginning(begin, scheme)) continue;
      const order = begin === '0' ? (end === '0' ? 0 : 1) : scheme.order(end.trim(), begin.trim());
      if (order === undefined || order > 0 || (order === 0 && kind === 'last_affected')) continue;
      yield {
        path: [...path, index, kind],
        message: `${shown(end)} is not above ${shown(begin)}, where the range begins`,
      };
    }
  }
}

function isBeginning(value: unknown, scheme: VersionScheme): value is string {
  return value === '0' || isVersion(value, scheme);
}

function* checkEvent(value: unknown, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const event = asObject(value) ?? {};
  const said = members.event.filter((kind) => event[kind] !== undefined && event[kind] !== null);
  if (said.length === 0) {
    const typed = Object.keys(event)[0];
    const remedy = choice(typed, members.event);
    yield {
      path: typed === undefined ? path : [...path, typed],
      message: `an event that says nothing; ${remedy}`,
    };
    return;
  }
  for (const kind of said) {
    const version = event[kind];
    const isOpen = (kind === 'introduced' && version === '0') || (kind === 'limit' && version === '*');
    if (!isOpen && !isVersion(version, scheme)) yield { path: [...path, kind], message: noVersion(version, scheme) };
  }
}

function isVersion(value: unknown, scheme: VersionScheme): value is string {
  return typeof value === 'string' && value.length <= 200 && scheme.isValid(value.trim());
}

function noVersion(value: unknown, { id }: VersionScheme): string {
  const remedy = typeof value === 'number' ? '; write it in quotes' : '';
  return `${shown(value)} is not a version of the scheme ${id}${remedy}`;
}
