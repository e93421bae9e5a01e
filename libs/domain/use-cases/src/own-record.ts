import { createHash } from 'node:crypto';
import {
  type AdvisoryGroup,
  ClarionError,
  type FeedRecord,
  type FeedSource,
  isObject,
  type JsonObject,
  type VulnerabilityRecord,
} from '@clarion/model';
import type { OwnVulnerabilityKey } from './vulnerability-views';

/** A parsed own vulnerability. */
export interface ParsedOwn {
  /** One for each package. */
  readonly groups: readonly AdvisoryGroup[];
  readonly text: VulnerabilityRecord;
  /** Warnings about parts that were read but may be mistakes, such as an unknown release. */
  readonly doubts: readonly string[];
}

/** One invalid member of a record. */
export interface RecordDetail {
  /** JSON pointer (RFC 6901) into the record; absent where the namespace of the key is wrong. */
  readonly pointer?: string;
  readonly detail: string;
}

/** `invalid-input` with the invalid members of an own record. */
export class InvalidRecord extends ClarionError {
  readonly details: readonly RecordDetail[];

  constructor(details: readonly RecordDetail[]) {
    super('invalid-input', details.map(({ detail }) => detail).join('; '), {
      remedy: 'see docs/own-data.md',
    });
    this.name = 'InvalidRecord';
    this.details = details.slice(0, 20);
  }
}

type RecordProblem = Pick<Extract<FeedRecord, { kind: 'problem' }>, 'message' | 'pointer'>;

/** A namespace that the record leaves out comes from the URL, so that has to be corrected. */
function detailOf({ message, pointer = '' }: RecordProblem, record: unknown): RecordDetail {
  const entry = /^\/affected\/(\d+)\/package\/ecosystem$/.exec(pointer)?.[1];
  const affected = isObject(record) && Array.isArray(record['affected']) ? (record['affected'] as unknown[]) : [];
  const own = entry === undefined ? undefined : affected[Number(entry)];
  const subject = isObject(own) ? own['package'] : undefined;
  const isOfAddress = entry !== undefined && isObject(subject) && subject['ecosystem'] === undefined;
  return { detail: message, ...(isOfAddress ? {} : { pointer }) };
}

/** The allowed values of the parts of an own vulnerability's key, as API documents state them too. */
export const ownKey = {
  id: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
  namespace: /^[a-z][a-z0-9.-]{0,40}(?::[A-Za-z0-9._-]{1,40})?$/,
} as const;

/**
 * Parses the members of an OSV record with the parser of own data (docs/own-data.md). `id` may be left out, and the
 * ecosystem of a package too: both are in `key`. Throws `InvalidRecord`: no part of a handwritten record is skipped.
 */
export async function parseOwn(
  key: OwnVulnerabilityKey,
  record: unknown,
  { source, document }: { readonly source: FeedSource; readonly document: string },
): Promise<ParsedOwn> {
  const whole = completed(key, record);
  const groups = new Map<string, AdvisoryGroup>();
  const details: RecordDetail[] = [];
  const doubts: string[] = [];
  let text: VulnerabilityRecord | undefined;
  const body = Buffer.from(JSON.stringify(whole));
  for await (const found of source.parse({ name: `${document}.json`, body: once(body) })) {
    if (found.kind === 'problem' && found.doubt === true) doubts.push(`${found.record}: ${found.message}`);
    else if (found.kind === 'problem') details.push(detailOf(found, record));
    if (found.kind === 'vulnerability') text ??= found.text;
    if (found.kind !== 'group') continue;
    const group = { ...found.group, document, feed: source.id };
    if (group.namespace !== key.namespace) {
      details.push({ detail: `A package belongs to ${group.namespace} and not to ${key.namespace}` });
      continue;
    }
    const known = groups.get(group.package);
    groups.set(group.package, known === undefined ? group : joined(known, group));
  }
  if (details.length > 0) throw new InvalidRecord(details);
  if (groups.size === 0) throw invalid('The record is about no package (affected)');
  return { groups: [...groups.values()], text: { ...text, feed: source.id, id: key.id }, doubts };
}

function completed({ namespace, id }: OwnVulnerabilityKey, record: unknown): JsonObject {
  if (!ownKey.id.test(id)) throw invalid('The id has characters that no id has');
  if (!ownKey.namespace.test(namespace)) throw invalid('The namespace is not valid; an example is debian:12');
  if (!isObject(record)) throw invalid('The record is not an object');
  const { id: own = id, affected, ...rest } = record;
  if (own !== id) throw invalid('The id of the record is not the one of its address');
  if (!Array.isArray(affected)) throw invalid('The record has no list "affected"');
  return { ...rest, id, affected: affected.map((entry) => withEcosystem(entry, namespace)) };
}

function withEcosystem(entry: unknown, namespace: string): JsonObject {
  const subject = isObject(entry) ? entry['package'] : undefined;
  if (!isObject(entry) || !isObject(subject)) throw invalid('An entry of "affected" has no package');
  return { ...entry, package: { ecosystem: namespace, ...subject } };
}

function joined(a: AdvisoryGroup, b: AdvisoryGroup): AdvisoryGroup {
  if (a.scheme !== b.scheme || a.nameKind !== b.nameKind) throw invalid(`${a.package} is meant in two ways`);
  return { ...a, advisories: [...a.advisories, ...b.advisories] };
}

/** A hash of the stored content, only for equality checks. */
export function contentHash(group: AdvisoryGroup): string {
  return createHash('sha256').update(JSON.stringify(group)).digest('base64url');
}

/** The same for a document as a whole, in the form that documents of feeds use. */
export function contentDigest(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

function invalid(message: string): ClarionError {
  return new ClarionError('invalid-input', message, { remedy: 'see docs/own-data.md' });
}
