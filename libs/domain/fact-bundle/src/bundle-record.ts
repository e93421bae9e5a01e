import { overJsonBounds } from '@clarion/file-formats';
import {
  type AdvisoryGroup,
  advisoryStates,
  ClarionError,
  type FeedState,
  isObject,
  type JsonObject,
  readJson,
  type RepositoryProducts,
  type VulnerabilityRecord,
} from '@clarion/model';

/** The bundle format version; increment it when the shape of a record changes. */
export const bundleVersion = 1;

/** Maps the name of a feed in the store to its name in a bundle, or vice versa; undefined for a feed to leave out. */
export type FeedNaming = (feed: string) => string | undefined;

/** The number of facts of a feed in a bundle, in addition to the counts in its state. */
export interface FeedNumbers {
  /** Descriptions, scores and catalogue entries. */
  readonly texts: number;
  readonly repositories: number;
}

/** One line of a bundle. */
export type BundleRecord =
  | { readonly kind: 'header'; readonly version: number }
  | { readonly kind: 'group'; readonly group: AdvisoryGroup; readonly hash: string }
  | { readonly kind: 'text'; readonly text: VulnerabilityRecord }
  | { readonly kind: 'repository'; readonly repository: RepositoryProducts }
  | { readonly kind: 'feed'; readonly state: FeedState; readonly numbers?: FeedNumbers }
  | { readonly kind: 'end'; readonly records: number; readonly sha256: string; readonly signature?: string };

/**
 * The maximum number of values in one line. The largest group of all upstreams, the kernel's, has some 50,000; a parsed
 * value takes up to 80 bytes.
 */
const bounds = { values: 2_000_000 };

/** Parses a line into a record. Throws `corrupt-data` for an invalid record, because bundles are not trusted. */
export function parseRecord(line: Uint8Array): BundleRecord {
  const excess = overJsonBounds(line, bounds);
  if (excess !== undefined) throw new ClarionError('limit-exceeded', `A record of the bundle ${excess}`);
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  const value = readJson(text)?.value;
  if (value === undefined)
    throw new ClarionError('corrupt-data', 'The bundle has a line that is not JSON', {
      remedy: 'export it again: clarion db export',
    });
  if (isObject(value) && isRecord(value)) return value;
  throw new ClarionError('corrupt-data', `The bundle holds a record of unknown shape: ${text.slice(0, 80)}`);
}

function isRecord(value: JsonObject): value is JsonObject & BundleRecord {
  switch (value['kind']) {
    case 'header':
      return isCount(value['version']);
    case 'group':
      return isGroup(value['group']) && typeof value['hash'] === 'string';
    case 'text':
      return hasTexts(value['text'], 'feed', 'id');
    case 'repository':
      return hasTexts(value['repository'], 'feed', 'repository') && Array.isArray(value['repository']['cpes']);
    case 'feed':
      return isState(value['state']) && (value['numbers'] === undefined || areNumbers(value['numbers']));
    case 'end':
      return (
        isCount(value['records']) &&
        typeof value['sha256'] === 'string' &&
        ['string', 'undefined'].includes(typeof value['signature'])
      );
    default:
      return false;
  }
}

function hasTexts(value: unknown, ...members: readonly string[]): value is JsonObject {
  return isObject(value) && members.every((member) => typeof value[member] === 'string');
}

function isGroup(value: unknown): boolean {
  if (!hasTexts(value, 'namespace', 'package', 'feed', 'document', 'scheme')) return false;
  const { nameKind, advisories } = value;
  return (
    ['source', 'binary', 'either'].includes(String(nameKind)) &&
    Array.isArray(advisories) &&
    advisories.every(
      (advisory) =>
        hasTexts(advisory, 'id', 'state') && (advisoryStates as readonly unknown[]).includes(advisory['state']),
    )
  );
}

function areNumbers(value: unknown): boolean {
  return isObject(value) && isCount(value['texts']) && isCount(value['repositories']);
}

const times = ['lastAttempt', 'lastSuccess', 'lastChange', 'failingSince', 'mirroredAt'];

function isTime(value: unknown): boolean {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}

function areMissing(value: unknown): boolean {
  return Array.isArray(value) && value.every((document) => hasTexts(document, 'name'));
}

function isState(value: unknown): boolean {
  return (
    hasTexts(value, 'feed') &&
    isObject(value['documents']) &&
    Object.values(value['documents']).every(
      (state) =>
        isObject(state) &&
        isObject(state['validators']) &&
        isCount(state['groups']) &&
        Array.isArray(state['namespaces']),
    ) &&
    ['parserVersion', 'groups', 'statements', 'problems'].every((member) => isCount(value[member])) &&
    times.every((member) => value[member] === undefined || isTime(value[member])) &&
    (value['missing'] === undefined || areMissing(value['missing'])) &&
    Array.isArray(value['problemSamples'])
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
