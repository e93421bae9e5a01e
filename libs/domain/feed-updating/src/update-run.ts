import type {
  DocumentState,
  FeedPlan,
  FeedSource,
  FeedState,
  MissingDocument,
  VulnerabilityStore,
} from '@clarion/model';
import type { ComparedDocument } from './compare-document';
import type { DocumentResult, FeedEvent, FeedFinished, WrittenCounts } from './events';
import { maxSamples, type ProblemCount } from './problem-tally';
import { type FeedSize, peakAfter } from './peak';
import type { FactLoss } from './shrinkage';
import { storedTexts, type StoredTexts } from './stored-texts';

/** A document that was compared and whose changes are staged. */
export type AppliedDocument = Extract<ComparedDocument, { kind: 'applied' }> & { readonly problems: ProblemCount };

/** The state of one attempt at an update. */
export interface UpdateRun {
  readonly source: FeedSource;
  readonly last: FeedState | undefined;
  /** `last`, unless another version of the source or a bundle wrote it: then everything is read again. */
  readonly known: FeedState | undefined;
  readonly startedAt: string;
  /** The update of the newest revision, or one before: if it is not the newest one, the run starts again. Null: none. */
  readonly basis: string | null;
  /** Every document except the unchanged ones, in the order in which they were processed. */
  readonly notices: Map<string, { readonly result: DocumentResult; readonly message?: string }>;
  readonly documents: Map<string, DocumentState>;
  readonly applied: AppliedDocument[];
  /** Documents of the patch that do not exist; undefined until the patch has been read to its end. */
  missing: readonly string[] | undefined;
  /** Documents that the plan excludes from reading, each with the reason. */
  readonly unread: string[];
  /** As they were before this run. */
  readonly storedTexts: StoredTexts;
  /**
   * Ids of all vulnerability records seen, if records that are missing from the feed are to be removed: in feeds
   * without namespaces, and where each is that of a record of the feed.
   */
  readonly textIds: Set<string> | undefined;
  /** Vulnerability records that were removed because the feed no longer has them. */
  removedTexts: number;
  plan: FeedPlan;
  /** When the mirror that was read was copied; undefined if the upstream itself was read. */
  mirroredAt: string | undefined;
  /** Part of the plan was left out, though nothing failed: it must be planned again. */
  incomplete: boolean;
}

export interface RunOptions {
  readonly startedAt: Date;
  readonly store: VulnerabilityStore;
  readonly basis: string | null;
}

export function startRun(source: FeedSource, last: FeedState | undefined, options: RunOptions): UpdateRun {
  const isKnown = last?.parserVersion === source.version && last.imported !== true;
  const known = isKnown ? last : undefined;
  const documents = Object.entries(last?.documents ?? {});
  return {
    source,
    last,
    known,
    startedAt: options.startedAt.toISOString(),
    basis: options.basis,
    notices: new Map(),
    // Documents that another version parsed and this run does not read must be read in the next run, even if unchanged.
    documents: new Map(
      known === undefined ? documents.map(([name, state]) => [name, { ...state, validators: {} }]) : documents,
    ),
    applied: [],
    missing: undefined,
    unread: [],
    storedTexts: storedTexts(options.store, source.id, { repeated: source.textsByRecord === true }),
    textIds: describesOnlyPackages(source) ? undefined : new Set(),
    removedTexts: 0,
    plan: { documents: [] },
    mirroredAt: undefined,
    incomplete: false,
  };
}

/** Whether its records about vulnerabilities are only those of the packages it covers: they stay when it lists fewer. */
function describesOnlyPackages({ namespaces, describesAll, textsByRecord, own }: FeedSource): boolean {
  return own === true || (namespaces.length > 0 && describesAll !== true && textsByRecord !== true);
}

export function recordApplied(run: UpdateRun, name: string, document: AppliedDocument): void {
  run.documents.set(name, document.state);
  run.notices.set(name, { result: 'applied' });
  run.applied.push(document);
}

/** A document that exists and is not read is a problem; none of its facts are stored. */
export function recordUnread(run: UpdateRun, name: string, reason: string): void {
  run.documents.set(name, { validators: {}, groups: 0, namespaces: [], problems: 1 });
  run.unread.push(`${name}: ${reason}`.slice(0, 300));
}

/** The most documents of a patch that are recorded as missing. With more, the whole patch is planned again. */
const mostMissing = 100;

/** Missing documents of a patch are recorded, and requested again by the next plan. */
export function recordMissing(run: UpdateRun, names: readonly string[]): void {
  run.missing = names.slice(0, mostMissing);
  if (names.length > mostMissing) run.incomplete = true;
}

/** The documents that are missing. A document that was read before stays known when it disappears. */
function missingAfter({ plan, last, missing, documents }: UpdateRun): readonly MissingDocument[] {
  const planned = plan.missing ?? last?.missing ?? [];
  // A patch that failed does not show what was missing before.
  const patched = plan.patch === undefined || plan.missing === undefined ? [] : (last?.missing ?? []);
  const ofPatch = missing?.map((name): MissingDocument => ({ name })) ?? patched;
  const all = new Map([...planned, ...ofPatch].map((document) => [document.name, document]));
  return [...all.values()].filter(({ name }) => !documents.has(name));
}

/** Facts written by this run; nothing is visible before the commit. */
export function writtenBy(run: UpdateRun): WrittenCounts {
  const written = { groups: 0, removed: 0, texts: run.removedTexts, repositories: 0 };
  for (const document of run.applied) {
    written.groups += document.written.groups;
    written.removed += document.written.removed;
    written.texts += document.written.texts;
    written.repositories += document.written.repositories;
  }
  return written;
}

export function wroteFacts(run: UpdateRun): boolean {
  const { groups, removed, texts, repositories } = writtenBy(run);
  return groups + removed + texts + repositories > 0;
}

/** What the whole feed would lose in this run. */
export function lossOf(run: UpdateRun): FactLoss {
  const before = run.last?.statements ?? 0;
  return {
    groups: run.last?.groups ?? 0,
    advisories: before,
    lostGroups: writtenBy(run).removed,
    lostAdvisories: before - advisoriesAfter(run),
  };
}

function advisoriesAfter(run: UpdateRun): number {
  return run.applied.reduce(
    (sum, { advisories: counts }) => sum + counts.after - counts.before,
    run.last?.statements ?? 0,
  );
}

/** The size of the whole feed once this run is committed. */
export function countsAfter(run: UpdateRun): FeedSize {
  const texts = isWhole(run) && run.source.textsByRecord !== true ? run.textIds?.size : undefined;
  return {
    groups: [...run.documents.values()].reduce((sum, { groups }) => sum + groups, 0),
    statements: advisoriesAfter(run),
    ...(texts === undefined ? {} : { texts }),
  };
}

/** Whether every document was read in this run: then what was not seen does not exist. */
export function isWhole(run: UpdateRun): boolean {
  return run.applied.length === run.documents.size && run.plan.patch === undefined;
}

interface AfterOptions {
  readonly now: Date;
  readonly force: boolean;
  /** Whether another process has to recount the vulnerabilities of images because of this run. */
  readonly countsPending: boolean;
}

/** The feed's state once this run is committed. */
export function stateAfter(run: UpdateRun, { now, force, countsPending }: AfterOptions): FeedState {
  const { source, last, plan } = run;
  const error = messageOf(run, 'failed') ?? messageOf(run, 'held');
  const success = error === undefined ? now.toISOString() : last?.lastSuccess;
  const mirroredAt = error === undefined ? run.mirroredAt : last?.mirroredAt;
  const change = wroteFacts(run) ? now.toISOString() : last?.lastChange;
  const cursor = error === undefined && !run.incomplete ? plan.cursor : last?.cursor;
  const states = [...run.documents.values()];
  const counts = countsAfter(run);
  const missing = missingAfter(run);
  const problems = states.reduce((sum, { problems: count = 0 }) => sum + count, 0);
  return {
    feed: source.id,
    ...locationOf(source),
    parserVersion: isReadAgain(run, error) ? (last?.parserVersion ?? source.version) : source.version,
    documents: Object.fromEntries(run.documents),
    ...(missing.length === 0 ? {} : { missing }),
    ...(cursor === undefined ? {} : { cursor }),
    lastAttempt: run.startedAt,
    ...(success === undefined ? {} : { lastSuccess: success }),
    // As long as anything fails, the cursor of the feed is still the one from the bundle.
    ...(error !== undefined && last?.imported === true ? { imported: true } : {}),
    ...(mirroredAt === undefined ? {} : { mirroredAt }),
    ...((countsPending && wroteFacts(run)) || last?.countsPending === true ? { countsPending: true } : {}),
    ...(change === undefined ? {} : { lastChange: change }),
    ...(error === undefined ? {} : { lastError: error, failingSince: failingSince(run) }),
    groups: counts.groups,
    statements: counts.statements,
    peak: peakAfter(last, counts, { now, force }),
    problems,
    problemSamples: samplesOf(run).slice(0, problems),
  };
}

/** Samples of this run first; those of earlier runs still apply to documents that were not read now. */
function samplesOf({ applied, documents, last, unread }: UpdateRun): readonly string[] {
  const samples = [...unread, ...applied.flatMap(({ problems }) => problems.samples)];
  const earlier = applied.length === documents.size ? [] : (last?.problemSamples ?? []);
  return [...new Set([...samples, ...earlier])].slice(0, maxSamples);
}

/** Whether records under ids that an earlier version of the source used could remain, since not everything was read. */
function isReadAgain({ source, known }: UpdateRun, error: string | undefined): boolean {
  return source.textsByRecord === true && known === undefined && error !== undefined;
}

/** The last state with the reason why nothing was applied. */
export function stateAfterFailure(run: UpdateRun, message: string): FeedState {
  const { source, last, startedAt } = run;
  const known = last ?? emptyState(source);
  return { ...known, lastAttempt: startedAt, lastError: message, failingSince: failingSince(run) };
}

/** The start of the first failed attempt in a row, this one included. */
function failingSince({ last, startedAt }: UpdateRun): string {
  return last?.lastError === undefined ? startedAt : (last.failingSince ?? last.lastAttempt ?? startedAt);
}

function emptyState(source: FeedSource): FeedState {
  const counts = { groups: 0, statements: 0, problems: 0, problemSamples: [] };
  return { feed: source.id, ...locationOf(source), parserVersion: source.version, documents: {}, ...counts };
}

function locationOf({ location }: FeedSource): Pick<FeedState, 'place'> {
  return location === undefined ? {} : { place: location };
}

function messageOf(run: UpdateRun, result: DocumentResult): string | undefined {
  return [...run.notices.values()].find((notice) => notice.result === result)?.message;
}

/** The last events of a run, once it is committed. */
export function* eventsOf(run: UpdateRun, state: FeedState): Generator<FeedEvent> {
  const feed = run.source.id;
  for (const [document, notice] of run.notices) yield { kind: 'document', feed, document, ...notice };
  yield { kind: 'finished', feed, result: resultOf(run), state, written: writtenBy(run) };
}

function resultOf(run: UpdateRun): FeedFinished['result'] {
  if (messageOf(run, 'failed') !== undefined) return 'failed';
  if (messageOf(run, 'held') !== undefined) return 'held';
  return wroteFacts(run) ? 'changed' : 'unchanged';
}
