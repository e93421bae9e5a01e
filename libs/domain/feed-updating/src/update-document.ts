import {
  feedName,
  type AdvisoryStore,
  type VulnerabilityStore,
  type FeedPatch,
  type PlannedDocument,
  type Upstream,
  type DocumentValidators,
} from '@clarion/model';
import { compareDocument } from './compare-document';
import type { FeedEvent } from './events';
import { fetchDocument } from './fetch-document';
import { documentData } from './document-data';
import { failed, type UpdateFailure } from './update-failure';
import { createProblemTally, type ProblemTally } from './problem-tally';
import { readDocument } from './read-document';
import type { OpenUpdate } from './open-update';
import { readPatch } from './read-patch';
import { createSpool, type RecordSpool } from './record-spool';
import { recordApplied, recordMissing, recordUnread, type UpdateRun } from './update-run';
import type { SpoolOptions } from './scratch';
import type { AcceptanceHint } from './shrinkage';
import { removeTexts } from './write-descriptions';

/** What updating one document needs besides the run. */
export interface DocumentContext {
  readonly upstream: Upstream;
  readonly store: AdvisoryStore & VulnerabilityStore;
  readonly openUpdate: () => Promise<OpenUpdate>;
  readonly spoolOptions: SpoolOptions;
  readonly force: boolean;
  readonly acceptance: AcceptanceHint;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
}

/** Where the records of a document are collected, and the problems found in them. */
interface DocumentRecords {
  readonly spool: RecordSpool;
  readonly problems: ProblemTally;
}

/** The result for the whole document, without its patch. */
type WholeResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'read';
      readonly validators: DocumentValidators;
      readonly modifiedAt: string | undefined;
      readonly records: number;
    }
  | { readonly kind: 'failed'; readonly failure: UpdateFailure };

/**
 * Fetches one document, and its patch if there is one, and stages what changed. A failing document that already has
 * facts keeps them and is noted; a failure is returned only when the attempt cannot continue.
 */
export async function* updateDocument(
  run: UpdateRun,
  planned: PlannedDocument,
  context: DocumentContext,
): AsyncGenerator<FeedEvent, UpdateFailure | undefined> {
  const { name, unread } = planned;
  if (unread !== undefined) {
    if (hadFacts(run, name)) return setAside(run, name, failed(`Document ${name} cannot be read any more: ${unread}`));
    recordUnread(run, name, unread);
    return undefined;
  }
  const patch = run.plan.patch?.into === name ? run.plan.patch : undefined;
  const gathering = {
    spool: createSpool({ feed: run.source.id, document: name }, context.spoolOptions),
    problems: createProblemTally(),
  };
  try {
    const whole = yield* readWhole(run, planned, { ...context, ...gathering });
    context.signal?.throwIfAborted();
    if (whole.kind === 'failed') return setAside(run, name, whole.failure);
    if (whole.kind === 'missing' && planned.required === true)
      return setAside(run, name, failed(`Document ${name} is not there`));
    if (whole.kind === 'missing' && run.source.own !== true) return freeze(run, name, context);
    if (whole.kind === 'unchanged' && patch === undefined) return undefined;
    if (whole.kind === 'missing') return yield* forget(run, name, { ...context, ...gathering });
    const validators = whole.kind === 'read' ? whole.validators : run.documents.get(name)?.validators;
    // A patch of a document that was never read.
    if (validators === undefined) return failed(`Document ${name} is not there`);
    return yield* applyGathered(
      run,
      {
        ...{ name, patch, validators, whole: whole.kind === 'read' },
        modifiedAt: whole.kind === 'read' ? whole.modifiedAt : run.documents.get(name)?.modifiedAt,
        records: whole.kind === 'read' ? whole.records : run.documents.get(name)?.records,
      },
      { ...context, ...gathering },
    );
  } finally {
    gathering.spool.close();
  }
}

/** A failing document without earlier facts would leave a gap that nobody notices, so nothing is applied. */
function setAside(run: UpdateRun, name: string, failure: UpdateFailure): UpdateFailure | undefined {
  if (!hasFacts(run, name)) return failure;
  run.notices.set(name, failure);
  return undefined;
}

function hasFacts({ last }: UpdateRun, name: string): boolean {
  return last !== undefined && Object.hasOwn(last.documents, name);
}

/**
 * Whether a document contained facts when it was last read. An empty one is then a fault of its server, not a real
 * change.
 */
function hadFacts(run: UpdateRun, name: string): boolean {
  const state = run.documents.get(name);
  return state !== undefined && (state.records ?? state.groups) > 0;
}

/** An own document that is gone is read as an empty one and then removed from the state. */
async function* forget(
  run: UpdateRun,
  name: string,
  context: DocumentContext & DocumentRecords,
): AsyncGenerator<FeedEvent, UpdateFailure | undefined> {
  const nothing = { name, patch: undefined, validators: {}, modifiedAt: undefined, records: 0, whole: true };
  const failure = yield* applyGathered(run, nothing, context);
  if (failure === undefined) run.documents.delete(name);
  return failure;
}

/**
 * A document that is gone keeps its facts, and is read again if it comes back. Releases disappear as a whole at their
 * end of life: if other documents still mention them, it is a fault of the server or mirror.
 */
function freeze(run: UpdateRun, name: string, { now }: DocumentContext): UpdateFailure | undefined {
  const state = run.documents.get(name);
  if (state === undefined) return failed(`Document ${name} is not there`);
  if (isMentionedElsewhere(run, name, state.namespaces)) {
    return setAside(run, name, failed(`Document ${name} is not there any more`));
  }
  const since = now().toISOString();
  const frozen = Object.fromEntries(
    state.namespaces.map((namespace) => [namespace, state.frozen?.[namespace] ?? since]),
  );
  run.documents.set(name, { ...state, validators: {}, ...(state.namespaces.length === 0 ? {} : { frozen }) });
  run.notices.set(name, { result: 'frozen' });
  if (run.plan.patch?.into === name) run.incomplete = true;
  return undefined;
}

function isMentionedElsewhere({ documents }: UpdateRun, name: string, namespaces: readonly string[]): boolean {
  const gone = new Set(namespaces);
  return [...documents].some(
    ([other, { namespaces: mentioned, frozen = {} }]) =>
      other !== name && mentioned.some((id) => gone.has(id) && !Object.hasOwn(frozen, id)),
  );
}

async function* readWhole(
  run: UpdateRun,
  planned: PlannedDocument,
  context: DocumentContext & DocumentRecords,
): AsyncGenerator<FeedEvent, WholeResult> {
  const { name, sha256 } = planned;
  const promised = sha256 === undefined ? undefined : `sha256:${sha256.toLowerCase()}`;
  const known = run.documents.get(name)?.validators;
  const fetched = run.plan.documents.some((document) => document.name === name);
  if (!fetched) return { kind: 'unchanged' };
  if (promised !== undefined && known?.contentDigest === promised) return { kind: 'unchanged' };
  let answer;
  try {
    answer = await fetchDocument(context.upstream, planned, known);
  } catch (error) {
    return { kind: 'failed', failure: failed(`Document ${name} cannot be fetched`, error) };
  }
  if (answer.kind === 'missing') return answer;
  // The index announces other content than the server returns: one of the two is out of date.
  const contradicted = failed(`Document ${name} is not what its index announces`);
  if (answer.kind === 'unchanged') return promised === undefined ? answer : { kind: 'failed', failure: contradicted };
  const result = yield* readDocument(
    { name, answer },
    {
      source: run.source,
      add: (record) => {
        context.spool.add('base', record);
      },
      problems: context.problems,
      signal: context.signal,
    },
  );
  if (result.kind === 'failed') {
    return { kind: 'failed', failure: failed(`Document ${name} cannot be read`, result.error) };
  }
  const { contentDigest } = result;
  if (promised !== undefined && promised !== contentDigest) return { kind: 'failed', failure: contradicted };
  const validators = { ...answer.validators, contentDigest };
  if (known?.contentDigest !== contentDigest) {
    if (!context.force && result.records === 0 && hadFacts(run, name)) {
      return { kind: 'failed', failure: failed(`Document ${name} holds nothing that can be understood any more`) };
    }
    return { kind: 'read', validators, modifiedAt: answer.modifiedAt, records: result.records };
  }
  // A server that ignores validators sent known content.
  const state = run.documents.get(name);
  if (state !== undefined) run.documents.set(name, { ...state, validators });
  return { kind: 'unchanged' };
}

interface GatheredRecords {
  readonly name: string;
  readonly patch: FeedPatch | undefined;
  readonly validators: DocumentValidators;
  readonly modifiedAt: string | undefined;
  readonly records: number | undefined;
  /** Whether the whole document was read; otherwise only its patch is applied to the stored facts. */
  readonly whole: boolean;
}

async function* applyGathered(
  run: UpdateRun,
  gathered: GatheredRecords,
  context: DocumentContext & DocumentRecords,
): AsyncGenerator<FeedEvent, UpdateFailure | undefined> {
  const { name, patch, validators, whole } = gathered;
  const { store, spool, problems, signal, force } = context;
  const patched = yield* readPatch(run, patch, { ...context, whole });
  signal?.throwIfAborted();
  if (patched.kind === 'failed') return setAside(run, name, patched.failure);
  const { source } = run;
  const { writer, notes } = await context.openUpdate();
  const removed = await removeTexts({ store, writer, notes }, source.id, patch?.removed ?? []);
  const compared = yield* compareDocument(
    {
      feed: source.id,
      name,
      spool,
      whole,
      replaced: patched.replaced,
      problems,
      validators,
      last: run.documents.get(name),
    },
    {
      store,
      writer,
      notes,
      own: source.own === true,
      storedTexts: run.storedTexts,
      textIds: run.textIds,
      force,
      now: context.now().toISOString(),
      signal,
    },
  );
  signal?.throwIfAborted();
  if (compared.kind === 'held') {
    const message = `${compared.message}; ${context.acceptance(feedName(source))}`;
    const failure: UpdateFailure = { result: 'held', message };
    return hasFacts(run, name) ? { ...failure, document: name } : failure;
  }
  const written = { ...compared.written, texts: compared.written.texts + removed };
  const changed = whole || Object.values(written).some((count) => count > 0);
  const state = {
    ...compared.state,
    ...documentData(gathered, changed ? patched.content : undefined, run.documents.get(name)),
  };
  recordApplied(run, name, { ...compared, state, written, problems });
  if (patch !== undefined) recordMissing(run, patched.missing);
  for (const [document, failure] of patched.failures) run.notices.set(document, failure);
  return undefined;
}
