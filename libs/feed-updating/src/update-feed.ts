import type { AdvisoryStore, Conditional, FeedSource, FeedWriter, Upstream } from '@clarion/model';
import { applyDocument } from './apply-document';
import type { FeedEvent } from './events';
import { eventsOf, lossOf, recordApplied, startRun, stateAfter, stateAfterFailure, wroteFacts, type Run } from './run';
import { shrinkage } from './shrinkage';

export interface UpdateDependencies {
  readonly upstream: Upstream;
  readonly store: AdvisoryStore;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Apply documents that shrink by more than a fifth, which are held otherwise. */
  readonly force?: boolean;
}

/** A feed with more damaged documents than this is not worth the attempts. */
const maxRestarts = 5;
const maxDocuments = 200_000;

/**
 * Brings the stored facts of one feed up to date: fetches conditionally, parses as a stream, writes only what changed,
 * all of it in one commit. Failures of the upstream or of its data end in a `finished` event with the last good facts
 * in place and the reason in the feed's state. Throws only for failures of the store and when `signal` aborts.
 */
export async function* updateFeed(source: FeedSource, deps: UpdateDependencies): AsyncGenerator<FeedEvent> {
  const last = (await deps.store.feedStates()).find((state) => state.feed === source.id);
  const excluded = new Map<string, Failure>();
  for (let restarts = 0; ; restarts += 1) {
    const run = startRun(source, last, deps.now());
    for (const [name, failure] of excluded) run.notices.set(name, failure);
    const failure = yield* attempt(run, deps);
    if (failure === undefined) return;
    // The staged writes of a document that fails half-way cannot be told from the others': begin anew without it.
    if (failure.document !== undefined && restarts < maxRestarts) {
      excluded.set(failure.document, failure);
      continue;
    }
    const { outcome, message } = failure;
    const state = stateAfterFailure(run, message);
    await deps.store.putFeedState(state);
    yield { kind: 'finished', feed: source.id, outcome, state, written: { groups: 0, removed: 0, texts: 0 } };
    return;
  }
}

/** Why an attempt came to nothing; with the name of the document, when the others can do without it. */
interface Failure {
  readonly outcome: 'held' | 'failed';
  readonly message: string;
  readonly document?: string;
}

type OpenWriter = () => Promise<FeedWriter>;

async function* attempt(run: Run, deps: UpdateDependencies): AsyncGenerator<FeedEvent, Failure | undefined> {
  const open: { writer?: FeedWriter } = {};
  try {
    const failure = yield* applyDocuments(
      run,
      deps,
      async () => (open.writer ??= await deps.store.writeFeed(run.source.id)),
    );
    if (failure !== undefined) return failure;
    const state = stateAfter(run, deps.now());
    if (open.writer !== undefined && wroteFacts(run)) {
      await open.writer.commit(state);
      delete open.writer;
    } else {
      await open.writer?.abort();
      // Times and validators are no facts: readers are not disturbed.
      await deps.store.putFeedState(state);
    }
    yield* eventsOf(run, state);
    return undefined;
  } finally {
    await open.writer?.abort();
  }
}

async function* applyDocuments(
  run: Run,
  deps: UpdateDependencies,
  openWriter: OpenWriter,
): AsyncGenerator<FeedEvent, Failure | undefined> {
  const { source } = run;
  let names: readonly string[];
  try {
    names = [...new Set((await source.plan(deps.upstream, run.known)).documents.map(({ name }) => name))];
  } catch (error) {
    deps.signal?.throwIfAborted();
    return failed(`The documents of ${source.id} cannot be listed`, error);
  }
  if (names.length > maxDocuments) return failed(`${source.id} lists more than ${maxDocuments} documents`);
  yield { kind: 'started', feed: source.id, documents: names.length };
  for (const name of names) {
    if (run.notices.has(name)) continue;
    deps.signal?.throwIfAborted();
    const failure = yield* updateDocument(run, name, { ...deps, openWriter });
    if (failure !== undefined) return failure;
  }
  if (names.length > 0 && names.every((name) => run.notices.get(name)?.outcome === 'frozen')) {
    return failed(`None of the documents of ${source.id} is there`);
  }
  const message = deps.force === true ? undefined : shrinkage(lossOf(run));
  return message === undefined ? undefined : { outcome: 'held', message: `${source.id} ${message}` };
}

async function* updateDocument(
  run: Run,
  name: string,
  deps: UpdateDependencies & { readonly openWriter: OpenWriter },
): AsyncGenerator<FeedEvent, Failure | undefined> {
  const { source, last } = run;
  const hasFacts = last !== undefined && Object.hasOwn(last.documents, name);
  let answer: Conditional;
  try {
    answer = await deps.upstream.get(name, run.known?.documents[name]?.validators);
  } catch (error) {
    deps.signal?.throwIfAborted();
    const failure = failed(`Document ${name} cannot be fetched`, error);
    if (!hasFacts) return failure;
    // Nothing of it was staged yet: the attempt goes on without it.
    run.notices.set(name, failure);
    return undefined;
  }
  if (answer.kind === 'unchanged') return undefined;
  if (answer.kind === 'missing') {
    if (!hasFacts) return failed(`Document ${name} is not there`);
    run.notices.set(name, { outcome: 'frozen' });
    return undefined;
  }
  const { store, signal } = deps;
  const firstImport = last?.lastSuccess === undefined;
  const context = { source, store, writer: await deps.openWriter(), firstImport, force: deps.force === true, signal };
  const applied = yield* applyDocument(context, name, answer);
  signal?.throwIfAborted();
  if (applied.kind === 'applied') {
    recordApplied(run, name, applied);
    return undefined;
  }
  const failure: Failure =
    applied.kind === 'held'
      ? { outcome: 'held', message: applied.message }
      : failed(`Document ${name} cannot be read`, applied.error);
  // A document without earlier facts that fails would leave a hole that no one sees: then nothing is applied.
  return hasFacts ? { ...failure, document: name } : failure;
}

function failed(what: string, error?: unknown): Failure {
  if (error === undefined) return { outcome: 'failed', message: what };
  return { outcome: 'failed', message: `${what}: ${error instanceof Error ? error.message : 'unknown failure'}` };
}
