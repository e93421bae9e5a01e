import type { DocumentState, FeedSource, FeedState } from '@clarion/model';
import type { Applied } from './apply-document';
import type { DocumentOutcome, FeedEvent, FeedFinished, Written } from './events';
import type { Loss } from './shrinkage';

type AppliedDocument = Extract<Applied, { kind: 'applied' }>;

/** What one attempt at an update has come to so far. */
export interface Run {
  readonly source: FeedSource;
  readonly last: FeedState | undefined;
  /** `last`, unless another version of the source wrote it: then everything is read anew. */
  readonly known: FeedState | undefined;
  readonly startedAt: string;
  /** Every document but the unchanged ones, in the order in which they were looked at. */
  readonly notices: Map<string, { readonly outcome: DocumentOutcome; readonly message?: string }>;
  readonly documents: Map<string, DocumentState>;
  readonly applied: AppliedDocument[];
}

const maxSamples = 10;

export function startRun(source: FeedSource, last: FeedState | undefined, startedAt: Date): Run {
  const known = last?.parserVersion === source.version ? last : undefined;
  const documents = Object.entries(last?.documents ?? {});
  return {
    source,
    last,
    known,
    startedAt: startedAt.toISOString(),
    notices: new Map(),
    // What another version parsed and this run does not must be read in the next one, however unchanged it is.
    documents: new Map(
      known === undefined ? documents.map(([name, state]) => [name, { ...state, validators: {} }]) : documents,
    ),
    applied: [],
  };
}

export function recordApplied(run: Run, name: string, document: AppliedDocument): void {
  run.documents.set(name, document.state);
  run.notices.set(name, { outcome: 'applied' });
  run.applied.push(document);
}

/** Facts written by this run; nothing is visible before the commit. */
export function writtenBy(run: Run): Written {
  const written = { groups: 0, removed: 0, texts: 0 };
  for (const document of run.applied) {
    written.groups += document.written.groups;
    written.removed += document.written.removed;
    written.texts += document.written.texts;
  }
  return written;
}

export function wroteFacts(run: Run): boolean {
  const { groups, removed, texts } = writtenBy(run);
  return groups + removed + texts > 0;
}

/** What the whole feed would lose by this run. */
export function lossOf(run: Run): Loss {
  const statements = run.last?.statements ?? 0;
  return {
    groups: run.last?.groups ?? 0,
    statements,
    lostGroups: writtenBy(run).removed,
    lostStatements: statements - statementsAfter(run),
  };
}

function statementsAfter(run: Run): number {
  return run.applied.reduce(
    (sum, { statements }) => sum + statements.after - statements.before,
    run.last?.statements ?? 0,
  );
}

/** The feed's state once this run is committed. */
export function stateAfter(run: Run, now: Date): FeedState {
  const { source, last } = run;
  const error = messageOf(run, 'failed') ?? messageOf(run, 'held');
  const success = error === undefined ? now.toISOString() : last?.lastSuccess;
  const change = wroteFacts(run) ? now.toISOString() : last?.lastChange;
  return {
    feed: source.id,
    parserVersion: source.version,
    documents: Object.fromEntries(run.documents),
    lastAttempt: run.startedAt,
    ...(success === undefined ? {} : { lastSuccess: success }),
    ...(change === undefined ? {} : { lastChange: change }),
    ...(error === undefined ? {} : { lastError: error }),
    groups: [...run.documents.values()].reduce((sum, { groups }) => sum + groups, 0),
    statements: statementsAfter(run),
    ...problemsOf(run),
  };
}

/** Exact when every document was parsed; otherwise those of the others are still those of earlier runs. */
function problemsOf({ applied, documents, last }: Run): Pick<FeedState, 'problems' | 'problemSamples'> {
  const count = applied.reduce((sum, { problems }) => sum + problems.count, 0);
  const samples = applied.flatMap(({ problems }) => problems.samples);
  if (applied.length === documents.size) return { problems: count, problemSamples: samples.slice(0, maxSamples) };
  const merged = new Set([...samples, ...(last?.problemSamples ?? [])]);
  return { problems: Math.max(count, last?.problems ?? 0), problemSamples: [...merged].slice(0, maxSamples) };
}

/** The last state with the reason why nothing was applied. */
export function stateAfterFailure({ source, last, startedAt }: Run, message: string): FeedState {
  return { ...(last ?? emptyState(source)), lastAttempt: startedAt, lastError: message };
}

function emptyState({ id, version }: FeedSource): FeedState {
  return { feed: id, parserVersion: version, documents: {}, groups: 0, statements: 0, problems: 0, problemSamples: [] };
}

function messageOf(run: Run, outcome: DocumentOutcome): string | undefined {
  return [...run.notices.values()].find((notice) => notice.outcome === outcome)?.message;
}

/** What there is to tell once the run is committed. */
export function* eventsOf(run: Run, state: FeedState): Generator<FeedEvent> {
  const feed = run.source.id;
  for (const [document, notice] of run.notices) yield { kind: 'document', feed, document, ...notice };
  for (const { changes } of run.applied) yield* changes;
  yield { kind: 'finished', feed, outcome: outcomeOf(run), state, written: writtenBy(run) };
}

function outcomeOf(run: Run): FeedFinished['outcome'] {
  if (messageOf(run, 'failed') !== undefined) return 'failed';
  if (messageOf(run, 'held') !== undefined) return 'held';
  return wroteFacts(run) ? 'changed' : 'unchanged';
}
