import {
  ClarionError,
  type AdvisoryStore,
  type FetchResult,
  type FeedPatch,
  type PlannedDocument,
  type Upstream,
} from '@clarion/model';
import type { FeedEvent } from './events';
import { failed, type UpdateFailure } from './update-failure';
import { groupKey } from './group-key';
import type { ProblemTally } from './problem-tally';
import { readDocument, type ReadResult } from './read-document';
import type { FactRecord } from './record-encoding';
import { createSpool, type RecordSpool } from './record-spool';
import type { UpdateRun } from './update-run';
import type { SpoolOptions } from './scratch';

export interface PatchContext {
  readonly upstream: Upstream;
  readonly store: Pick<AdvisoryStore, 'groups'>;
  readonly spool: RecordSpool;
  readonly spoolOptions: SpoolOptions;
  readonly problems: ProblemTally;
  /** The spool already holds the whole document; otherwise the stored groups that the patch touches are added to it. */
  readonly whole: boolean;
  readonly signal: AbortSignal | undefined;
}

export type PatchResult =
  | {
      readonly kind: 'read';
      /** Ids of vulnerabilities that only the patch describes from now on. */
      readonly replaced: ReadonlySet<string>;
      /** Damaged documents of the patch. Their facts stay unchanged, and the patch is planned again. */
      readonly failures: ReadonlyMap<string, UpdateFailure>;
      /** The content that was read. */
      readonly content: PatchContent;
      /** Documents of the patch that do not exist. */
      readonly missing: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: UpdateFailure };

/** Identifies the content of a patch: `[name, digest of the content]` of its documents, and the ids that it removes. */
export interface PatchContent {
  readonly documents: (readonly [name: string, contentDigest: string])[];
  readonly removed: readonly string[];
  /** Modification time of each of its documents, if known. */
  readonly modifiedAt: (string | undefined)[];
}

/** What the documents of a patch mention. */
interface PatchMentions {
  readonly ids: Set<string>;
  readonly groups: Set<string>;
  readonly content: PatchContent;
}

/**
 * Collects the records of a patch, and the stored groups that it touches. A document that disappeared since it was
 * listed is a problem. One that cannot be fetched ends the patch, because the others would fail as well.
 */
export async function* readPatch(
  run: UpdateRun,
  patch: FeedPatch | undefined,
  context: PatchContext,
): AsyncGenerator<FeedEvent, PatchResult> {
  const failures = new Map<string, UpdateFailure>();
  const content: PatchContent = { documents: [], removed: patch?.removed ?? [], modifiedAt: [] };
  const mentions: PatchMentions = { ids: new Set(patch?.removed), groups: new Set(), content };
  const missing: string[] = [];
  if (patch === undefined) return { kind: 'read', replaced: mentions.ids, failures, content, missing };
  for (const planned of patch.documents) {
    context.signal?.throwIfAborted();
    const { name, path = name } = planned;
    let answer: FetchResult;
    try {
      answer = await context.upstream.get(path);
    } catch (error) {
      return { kind: 'failed', failure: failed(`Document ${name} cannot be fetched`, error) };
    }
    if (answer.kind !== 'content') {
      context.problems.note(`${name}: is listed as changed but is not there`);
      missing.push(name);
      continue;
    }
    const failure = yield* readOne(run, { planned, answer, into: patch.into }, { ...context, mentions });
    if (failure === undefined) continue;
    if (!failure.damaged) return { kind: 'failed', failure };
    failures.set(name, failure);
  }
  if (!context.whole) await addTouched(run, patch.into, { ...context, mentions });
  return { kind: 'read', replaced: mentions.ids, failures, content, missing };
}

/** `damaged`: fetching it again, or another document, would make no difference. */
type PatchFailure = UpdateFailure & { readonly damaged: boolean };

interface PatchDocument {
  readonly planned: PlannedDocument;
  readonly answer: Extract<FetchResult, { kind: 'content' }>;
  readonly into: string;
}

/** Reads one document of a patch; its records are added only after all of it has been validated. */
async function* readOne(
  { source }: UpdateRun,
  { planned, answer, into }: PatchDocument,
  { spool, spoolOptions, mentions, problems, signal }: PatchContext & { readonly mentions: PatchMentions },
): AsyncGenerator<FeedEvent, PatchFailure | undefined> {
  const { name } = planned;
  const own = createSpool({ feed: source.id, document: into }, spoolOptions);
  try {
    const add = (record: FactRecord): void => {
      own.add('patch', record.kind === 'group' ? { ...record, group: { ...record.group, document: into } } : record);
    };
    const result = yield* readDocument({ name, answer }, { source, add, problems, signal });
    signal?.throwIfAborted();
    const failure = failureOf(planned, result);
    if (failure !== undefined || result.kind === 'failed') return failure;
    mentions.content.documents.push([name, result.contentDigest]);
    mentions.content.modifiedAt.push(answer.modifiedAt);
    for (const records of own.entries()) {
      for (const [, record] of records) {
        spool.add('patch', record);
        remember(record, mentions);
      }
    }
    return undefined;
  } finally {
    own.close();
  }
}

function failureOf({ name, sha256 }: PlannedDocument, result: ReadResult): PatchFailure | undefined {
  if (result.kind === 'failed') {
    const damaged = result.error instanceof ClarionError && !result.error.retryable;
    return { ...failed(`Document ${name} cannot be read`, result.error), damaged };
  }
  if (sha256 !== undefined && result.contentDigest !== `sha256:${sha256.toLowerCase()}`) {
    return { ...failed(`Document ${name} is not what its index announces`), damaged: true };
  }
  return undefined;
}

function remember(record: FactRecord, { ids, groups }: PatchMentions): void {
  if (record.kind === 'vulnerability') ids.add(record.text.id);
  if (record.kind !== 'group') return;
  groups.add(groupKey(record.group));
  for (const { id } of record.group.advisories) ids.add(id);
}

/** Adds the stored groups that mention a replaced vulnerability or get a new advisory. */
async function addTouched(
  { source }: UpdateRun,
  into: string,
  { store, spool, mentions, signal }: PatchContext & { readonly mentions: PatchMentions },
): Promise<void> {
  for await (const group of store.groups(source.id, into)) {
    signal?.throwIfAborted();
    const touched = mentions.groups.has(groupKey(group)) || group.advisories.some(({ id }) => mentions.ids.has(id));
    if (touched) spool.add('base', { kind: 'group', group });
  }
}
