import {
  type AdvisoryGroup,
  ClarionError,
  type DocumentState,
  type FeedSource,
  type FeedState,
  type FeedWriter,
  type Page,
  type PageRequest,
} from '@clarion/model';
import { randomUUID } from 'node:crypto';
import { diffAdvisories, isSameValue, nextRevision } from '@clarion/feed-updating';
import { withLease } from '@clarion/leases';
import { affectsFindings } from '@clarion/reporting';
import type { WrittenBy } from './use-cases';
import type { OwnVulnerability, OwnVulnerabilityKey } from './vulnerability-views';
import type { UseCaseContext } from './context';
import { contentDigest, contentHash, parseOwn, type ParsedOwn } from './own-record';
import { publishPending } from './publish-pending';

/** The name of the document that holds an own vulnerability: a namespace has no slash. */
function documentOf({ namespace, id }: OwnVulnerabilityKey): string {
  return `${namespace}/${id}`;
}

/** `VulnerabilityUseCases.putOwn`. */
export async function putOwn(
  key: OwnVulnerabilityKey,
  record: unknown,
  { by, ...context }: UseCaseContext & WrittenBy,
): Promise<{ readonly created: boolean }> {
  const parsed = await parseOwn(key, record, { source: context.ownVulnerabilities, document: documentOf(key) });
  return { created: !(await write(key, parsed, { ...context, by })) };
}

/** `VulnerabilityUseCases.removeOwn`. */
export async function removeOwn(key: OwnVulnerabilityKey, context: UseCaseContext & WrittenBy): Promise<void> {
  await write(key, undefined, context);
}

/** `VulnerabilityUseCases.getOwn`. */
export async function getOwn(key: OwnVulnerabilityKey, context: UseCaseContext): Promise<OwnVulnerability> {
  const feed = context.ownVulnerabilities.id;
  const document = documentOf(key);
  if (documentsOf(await stateOf(feed, context))[document] === undefined) throw unknown(key);
  const groups: AdvisoryGroup[] = [];
  for await (const group of context.store.groups(feed, document)) groups.push(group);
  const records = (await context.store.vulnerability(key.id))?.texts ?? [];
  return { ...key, groups, record: records.find((one) => one.feed === feed) ?? null };
}

/** `VulnerabilityUseCases.listOwn`. */
export async function listOwn(
  { after, limit }: PageRequest,
  context: UseCaseContext,
): Promise<Page<OwnVulnerabilityKey>> {
  const names = Object.keys(documentsOf(await stateOf(context.ownVulnerabilities.id, context)))
    .filter((name) => after === undefined || name > after)
    .sort();
  const items = names.slice(0, limit).map((name) => {
    const slash = name.indexOf('/');
    return { namespace: name.slice(0, slash), id: name.slice(slash + 1) };
  });
  const last = names[limit - 1];
  return { items, ...(names.length > limit && last !== undefined ? { next: last } : {}) };
}

async function stateOf(feed: string, { store }: Pick<UseCaseContext, 'store'>): Promise<FeedState | undefined> {
  return (await store.feedStates()).find((state) => state.feed === feed);
}

function documentsOf(state: FeedState | undefined): Readonly<Record<string, DocumentState>> {
  return state?.documents ?? {};
}

function unknown({ namespace, id }: OwnVulnerabilityKey): ClarionError {
  return new ClarionError(
    'not-found',
    `Nothing of its own is stated about ${id.slice(0, 200)} in ${namespace.slice(0, 80)}`,
  );
}

/**
 * Replaces the stored facts of one document by those of `parsed` (undefined: none), in one commit with the changes to
 * publish. Resolves to whether it existed before. Throws `not-found` when there is nothing to remove.
 */
async function write(
  key: OwnVulnerabilityKey,
  parsed: ParsedOwn | undefined,
  context: UseCaseContext & WrittenBy,
): Promise<boolean> {
  const source = context.ownVulnerabilities;
  const lease = { store: context.store, now: context.now, owner: randomUUID(), waitMillis: 10_000 };
  const written = await withLease(`feed ${source.id}`, lease, async () => {
    const state = await stateOf(source.id, context);
    const existed = documentsOf(state)[documentOf(key)] !== undefined;
    if (parsed === undefined && !existed) throw unknown(key);
    if (!existed && Object.keys(documentsOf(state)).length >= context.limits.ownVulnerabilities) {
      throw new ClarionError(
        'limit-exceeded',
        `There are ${context.limits.ownVulnerabilities} own vulnerabilities already`,
        {
          remedy: 'remove some, or give them as a feed of files (docs/own-data.md)',
        },
      );
    }
    const writer = await context.store.writeFeed(source.id);
    try {
      await stage({ key, parsed, state }, writer, context);
    } finally {
      // Does nothing once it is committed.
      await writer.abort();
    }
    await publishPending(context);
    return existed;
  });
  if (written !== undefined) return written.result;
  throw new ClarionError('upstream-unavailable', 'Own vulnerabilities are being written by somebody else all the time');
}

interface Step {
  readonly key: OwnVulnerabilityKey;
  readonly parsed: ParsedOwn | undefined;
  readonly state: FeedState | undefined;
}

async function stage(
  { key, parsed, state }: Step,
  writer: FeedWriter,
  context: UseCaseContext & WrittenBy,
): Promise<void> {
  const { store, now, by } = context;
  const source = context.ownVulnerabilities;
  const document = documentOf(key);
  const at = now();
  const before = new Map<string, AdvisoryGroup>();
  for await (const group of store.groups(source.id, document)) before.set(group.package, group);
  const after = new Map((parsed?.groups ?? []).map((group) => [group.package, group] as const));
  const revision = await nextRevision(source.id, store, { now: at, recorded: true, empty: state === undefined });
  const { update } = revision;
  await stageText({ key, parsed, state }, update, { writer, context });
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, group] = [before.get(name), after.get(name)];
    if (group !== undefined) await writer.put(group, contentHash(group));
    else if (old !== undefined) await writer.remove(old);
    for (const change of diffAdvisories(old, group)) await writer.putChange({ ...change, update });
  }
  const next = stateAfter({ source, document, at, before, parsed, state });
  await writer.commit(next, { ...revision, at: at.toISOString(), ...(by === undefined ? {} : { by }) });
}

async function stageText(
  { key, parsed, state }: Step,
  update: string,
  { writer, context }: { readonly writer: FeedWriter; readonly context: UseCaseContext },
): Promise<void> {
  if (parsed === undefined && isSaidElsewhere(key, state)) return;
  const feed = context.ownVulnerabilities.id;
  const before = (await context.store.vulnerability(key.id))?.texts.find((text) => text.feed === feed);
  const after = parsed?.text;
  if (isSameValue(before, after)) return;
  if (after === undefined) await writer.removeText(key.id);
  else await writer.putText(after);
  const change = { update, vulnerability: key.id, feed, before: before ?? null, after: after ?? null };
  const isPublished = await affectsFindings(before, after, {});
  await writer.putChange(isPublished ? change : { ...change, silent: true });
}

/** All namespaces share the vulnerability record of an id. */
function isSaidElsewhere(key: OwnVulnerabilityKey, state: FeedState | undefined): boolean {
  const ours = documentOf(key);
  return Object.keys(documentsOf(state)).some((name) => name !== ours && name.slice(name.indexOf('/') + 1) === key.id);
}

interface OwnUpdate {
  readonly source: FeedSource;
  readonly document: string;
  readonly at: Date;
  readonly before: ReadonlyMap<string, AdvisoryGroup>;
  readonly parsed: ParsedOwn | undefined;
  readonly state: FeedState | undefined;
}

function stateAfter({ source, document, at, before, parsed, state }: OwnUpdate): FeedState {
  const { [document]: _, ...others } = documentsOf(state);
  const { groups, doubts } = parsed ?? { groups: [], doubts: [] };
  const own = {
    validators: { contentDigest: contentDigest([groups, parsed?.text]) },
    groups: groups.length,
    namespaces: [...new Set(groups.map((one) => one.namespace))],
    ...(doubts.length === 0 ? {} : { problems: doubts.length }),
  };
  const documents = parsed === undefined ? others : { ...others, [document]: own };
  const statements = (list: Iterable<AdvisoryGroup>): number =>
    [...list].reduce((sum, { advisories }) => sum + advisories.length, 0);
  const time = at.toISOString();
  return {
    feed: source.id,
    parserVersion: source.version,
    documents,
    lastAttempt: time,
    lastSuccess: time,
    lastChange: time,
    groups: (state?.groups ?? 0) - before.size + groups.length,
    statements: (state?.statements ?? 0) - statements(before.values()) + statements(groups),
    problems: Object.values(documents).reduce((sum, { problems = 0 }) => sum + problems, 0),
    problemSamples: samplesAfter({ documents, state, doubts }),
  };
}

const maxSamples = 10;

/** Warnings about the current document, then earlier ones as far as their documents still have warnings. */
function samplesAfter({
  documents,
  state,
  doubts,
}: Pick<FeedState, 'documents'> & Pick<Step, 'state'> & Pick<ParsedOwn, 'doubts'>): readonly string[] {
  const doubtful = Object.entries(documents).filter(([, { problems = 0 }]) => problems > 0);
  const ids = new Set(doubtful.map(([name]) => name.slice(name.indexOf('/') + 1)));
  const earlier = (state?.problemSamples ?? []).filter((sample) => ids.has(sample.slice(0, sample.indexOf(': '))));
  return [...new Set([...doubts, ...earlier])].slice(0, maxSamples);
}
