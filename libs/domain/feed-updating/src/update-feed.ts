import type { ExploitationThreshold } from '@clarion/reporting';
import {
  feedName,
  type FeedPlan,
  type FeedSource,
  type FeedState,
  type PlannedDocument,
  type Upstream,
} from '@clarion/model';
import type { FeedEvent } from './events';
import { failed, type UpdateFailure } from './update-failure';
import { lossSincePeak } from './peak';
import {
  countsAfter,
  eventsOf,
  lossOf,
  startRun,
  stateAfter,
  stateAfterFailure,
  wroteFacts,
  type UpdateRun,
} from './update-run';
import { committedRevision, openUpdate, OvertakenUpdate, type OpenUpdate, type UpdatedFacts } from './open-update';
import { isReportedAlike } from './reported-state';
import type { OpenScratch } from './scratch';
import { type AcceptanceHint, acceptedByCommand, shrinkage } from './shrinkage';
import { removeVanishedTexts } from './remove-vanished-texts';
import { updateDocument } from './update-document';

export interface UpdateDependencies extends ExploitationThreshold {
  readonly upstream: Upstream;
  readonly store: UpdatedFacts;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Apply documents that shrink by more than a fifth; they are held otherwise. */
  readonly force?: boolean;
  /** How a user accepts a loss; by a command unless stated. */
  readonly acceptance?: AcceptanceHint;
  /** Where records go that do not fit into memory; without it all records of one document stay in memory. */
  readonly openScratch?: OpenScratch;
  /** Nobody is notified of changes: they are recorded for the history only. */
  readonly unpublished?: boolean;
  /**
   * A first load records no changes; with this set, another process recounts the vulnerabilities of images
   * (`countsPending`).
   */
  readonly countElsewhere?: boolean;
  /** How much of one document stays in memory before it is spilled, in estimated bytes; default 16 MiB. */
  readonly memoryBytes?: number;
}

/** If more documents than this shrink, further attempts are not worthwhile. */
const maxRestarts = 5;
const maxDocuments = 200_000;

/**
 * Brings the stored facts of one feed up to date: fetches conditionally, parses as a stream and writes only what
 * changed, all in one commit. Failures of the upstream or of its data end in a `finished` event, with the last good
 * facts in place and the reason in the feed's state. Throws only for failures of the store and of the disk, and when
 * `signal` aborts.
 */
export async function* updateFeed(source: FeedSource, deps: UpdateDependencies): AsyncGenerator<FeedEvent> {
  const excluded = new Map<string, UpdateFailure>();
  for (let restarts = 0; ; restarts += 1) {
    // Before the state: if a commit comes in between, the run starts again.
    const basis = await newestUpdate(source.id, deps);
    const last = (await deps.store.feedStates()).find((state) => state.feed === source.id);
    const run = startRun(source, last, { startedAt: deps.now(), store: deps.store, basis });
    for (const [name, failure] of excluded) run.notices.set(name, failure);
    let failure: UpdateFailure | undefined;
    try {
      failure = yield* attempt(run, deps);
    } catch (error) {
      if (!(error instanceof OvertakenUpdate) || restarts >= maxRestarts) throw error;
      continue;
    }
    if (failure === undefined) return;
    // The staged writes of a held document cannot be separated from the others, so start again without it.
    if (failure.document !== undefined && restarts < maxRestarts) {
      excluded.set(failure.document, failure);
      continue;
    }
    const { result, message } = failure;
    const state = stateAfterFailure(run, message);
    await deps.store.putFeedState(state, run.basis);
    const written = { groups: 0, removed: 0, texts: 0, repositories: 0 };
    yield { kind: 'finished', feed: source.id, result, state, written };
    return;
  }
}

type OpenOnce = () => Promise<OpenUpdate>;

async function* attempt(
  run: UpdateRun,
  deps: UpdateDependencies,
): AsyncGenerator<FeedEvent, UpdateFailure | undefined> {
  const { source } = run;
  const open: { update?: OpenUpdate } = {};
  const openOnce = async (): Promise<OpenUpdate> =>
    (open.update ??= await openUpdate(run.source.id, { ...deps, now: deps.now(), last: run.last }));
  try {
    const failure = yield* applyPlan(run, deps, openOnce);
    if (failure !== undefined) return failure;
    const unknown = await readAge(run, deps);
    if (unknown !== undefined) return unknown;
    if (open.update !== undefined) {
      const loss = (await removeVanishedTexts(run, deps, open.update)) ?? failureOfPeakLoss(run, deps);
      if (loss !== undefined) return loss;
    }
    if (deps.force !== true && isEmptyHanded(run))
      return failed(`The documents of ${feedName(source)} hold nothing that can be understood`);
    const force = deps.force === true || source.own === true;
    const first = run.last?.lastSuccess === undefined && deps.countElsewhere === true;
    const state = stateAfter(run, { now: deps.now(), force, countsPending: first });
    if (wroteFacts(run) || isNextRevision(run, state)) {
      const update = await openOnce();
      await update.writer.commit(state, committedRevision(update, deps.now()));
      delete open.update;
    } else {
      await open.update?.writer.abort();
      // Times and validators are not facts: readers are not affected.
      if (!(await deps.store.putFeedState(state, run.basis))) throw new OvertakenUpdate(source.id);
    }
    yield* eventsOf(run, state);
    return undefined;
  } finally {
    await open.update?.writer.abort();
  }
}

async function newestUpdate(feed: string, { store }: UpdateDependencies): Promise<string | null> {
  return (await store.revisions(feed, { limit: 1 })).items[0]?.update ?? null;
}

/** Whether reports can differ although no facts do, or the history of the feed has not begun. */
function isNextRevision(run: UpdateRun, state: FeedState): boolean {
  if (run.last?.lastSuccess === undefined) return state.lastSuccess !== undefined;
  if (!isReportedAlike(run.last, state)) return true;
  return run.basis === null;
}

async function* applyPlan(
  run: UpdateRun,
  deps: UpdateDependencies,
  openOnce: OpenOnce,
): AsyncGenerator<FeedEvent, UpdateFailure | undefined> {
  const { source } = run;
  try {
    run.plan = await source.plan(deps.upstream, run.known);
  } catch (error) {
    deps.signal?.throwIfAborted();
    return failed(`The documents of ${feedName(source)} cannot be listed`, error);
  }
  const documents = documentsOf(run.plan);
  if (documents.length + (run.plan.patch?.documents.length ?? 0) > maxDocuments) {
    return failed(`${feedName(source)} lists more than ${maxDocuments} documents`);
  }
  // A feed without new documents returns a cursor; one that lists nothing at all is broken.
  if (documents.length === 0 && run.plan.cursor === undefined && source.own !== true) {
    return failed(`${feedName(source)} lists no documents`);
  }
  yield { kind: 'started', feed: source.id, documents: documents.length };
  const { upstream, store, now, signal, acceptance = acceptedByCommand } = deps;
  // Deleting own data is intentional.
  const force = deps.force === true || source.own === true;
  for (const [index, planned] of documents.entries()) {
    if (run.notices.has(planned.name)) continue;
    signal?.throwIfAborted();
    yield { kind: 'document.started', feed: source.id, document: planned.name, index };
    const context = { upstream, store, openUpdate: openOnce, spoolOptions: deps, force, acceptance, now, signal };
    const failure = yield* updateDocument(run, planned, context);
    signal?.throwIfAborted();
    if (failure !== undefined) return failure;
  }
  if (documents.length > 0 && documents.every(({ name }) => run.notices.get(name)?.result === 'frozen')) {
    return failed(`None of the documents of ${feedName(source)} is there`);
  }
  const message = force ? undefined : shrinkage(lossOf(run));
  return message === undefined
    ? undefined
    : { result: 'held', message: `${feedName(source)} ${message}; ${acceptance(feedName(source))}` };
}

/** Reads the age of the mirror, if the documents come from one. */
async function readAge(run: UpdateRun, { upstream, signal }: UpdateDependencies): Promise<UpdateFailure | undefined> {
  try {
    run.mirroredAt = await upstream.mirroredAt?.();
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return failed(`The age of the mirror of ${feedName(run.source)} is not known`, error);
  }
}

/** Each document once; the document of a patch is included even if only its patch has to be fetched. */
function documentsOf({ documents, patch }: FeedPlan): readonly PlannedDocument[] {
  const byName = new Map<string, PlannedDocument>();
  for (const planned of documents) if (!byName.has(planned.name)) byName.set(planned.name, planned);
  if (patch !== undefined && !byName.has(patch.into)) byName.set(patch.into, { name: patch.into });
  return [...byName.values()];
}

/** Whether nothing was ever loaded and the documents contain no facts: an empty feed is not a success. */
function isEmptyHanded(run: UpdateRun): boolean {
  if (run.source.own === true || run.last?.lastSuccess !== undefined) return false;
  return !wroteFacts(run);
}

/** A loss in small steps is as implausible as one at once. */
function failureOfPeakLoss(
  run: UpdateRun,
  { force, now, acceptance = acceptedByCommand }: UpdateDependencies,
): UpdateFailure | undefined {
  if (force === true || run.source.own === true) return undefined;
  const message = lossSincePeak(run.last, countsAfter(run), now());
  const name = feedName(run.source);
  return message === undefined ? undefined : { result: 'held', message: `${name} ${message}; ${acceptance(name)}` };
}
