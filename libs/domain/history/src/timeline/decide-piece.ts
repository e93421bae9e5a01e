import { coversPackagesOf, imageScope, type MatchFacts } from '@clarion/matching';
import type { AdvisoryChange, GroupChange } from '@clarion/model';
import { factsSince } from '../facts-at';
import { FirstChanges } from '../first-changes';
import { changeKey, undoGroups } from '../undo-groups';
import { Decisions, type FlawSegment, type ReplayContext } from './decisions';
import { startsOf } from './feed-periods';
import { ReplayedFacts } from './replayed-facts';
import { silenceSteps } from './silence-steps';
import { StepPlan } from './step-plan';
import { PackagesByName, type PieceOfSubject } from './subject-periods';
import { updateSteps } from './update-steps';

/** The flaws of a part of an image through the time, and the facts at the end of it. */
export interface DecidedPieceOfTime {
  readonly segments: readonly FlawSegment[];
  readonly facts: Pick<MatchFacts, 'advisories'>;
}

/**
 * Decides the flaws of some packages at the start, and again after each update that changed anything about them: only of
 * the packages and vulnerabilities that it is about.
 */
export async function decidePiece(
  periods: readonly PieceOfSubject[],
  context: ReplayContext,
): Promise<DecidedPieceOfTime> {
  const { store, feeds, options, steps } = context;
  const starts = startsOf(feeds);
  const facts = new ReplayedFacts((names) => factsSince(store, starts).repositories(names));
  const work = new StepPlan(steps);
  const indexed = periods.map((piece) => ({ piece, byName: new PackagesByName(piece) }));
  const all = indexed.flatMap(({ byName }) => byName.names.map((name) => [name.join('\0'), name] as const));
  const names = [...new Map(all).values()];
  await loadGroups(names, { facts, work, context });
  for (const { feed, start, state, loadedAt } of feeds) {
    if (loadedAt === undefined) facts.known(state);
    else work.load({ feed, update: start, at: loadedAt }, state);
  }
  for (const { subject, features, until } of periods) {
    // Which repositories matter follows from the packages alone.
    await imageScope({ ...subject, features, image: noImage, problems: [] }, facts.facts(), options);
    if (until !== undefined) work.detectors(until, periods[periods.findIndex((one) => one.until === until) + 1]);
  }
  await planRepositories(facts, { work, context });
  await planSilence(periods, { work, context });
  const [first, ...later] = indexed;
  if (first === undefined) return { segments: [], facts: facts.facts() };
  const decisions = new Decisions(facts, context, [first, ...later]);
  await decisions.replay(work.ordered());
  return { segments: decisions.segments, facts: facts.facts() };
}

interface Planning {
  readonly work: StepPlan;
  readonly context: ReplayContext;
}

async function loadGroups(
  names: readonly (readonly [string, string])[],
  { facts, work, context: { store, feeds } }: Planning & { readonly facts: ReplayedFacts },
): Promise<void> {
  const starts = startsOf(feeds);
  const first = new FirstChanges<AdvisoryChange | GroupChange>(starts, changeKey);
  const groups = names.length === 0 ? [] : await store.advisories(names);
  const changes = first.noting(store.packageChanges(names, starts));
  for (const { changes: of, ...update } of await updateSteps(changes, feeds, store))
    work.update(update).changes.push(...of);
  facts.load(
    undoGroups(
      groups.filter(({ feed }) => starts.has(feed)),
      first.values(),
    ),
  );
}

async function planRepositories(
  { repositories }: ReplayedFacts,
  { work, context: { store, feeds } }: Planning,
): Promise<void> {
  if (repositories.size === 0) return;
  const changes = store.repositoryChanges([...repositories], startsOf(feeds));
  for (const { changes: of, ...update } of await updateSteps(changes, feeds, store)) {
    work.update(update).repositories.push(...of);
  }
}

/** The silence of the distribution's feeds decides about files that its packages own. */
async function planSilence(
  periods: readonly PieceOfSubject[],
  { work, context: { store, feeds, options } }: Planning,
): Promise<void> {
  if (!periods.some(({ features }) => features.some(({ owner }) => owner !== undefined))) return;
  const namespaces = new Set(periods.flatMap(({ subject }) => subject.namespaces.map(({ id }) => id)));
  const covering = options.feeds.filter((feed) => [...namespaces].some((id) => coversPackagesOf(feed, id)));
  for (const { id } of covering) {
    const period = feeds.find(({ feed }) => feed === id);
    for (const { state, ...update } of period === undefined ? [] : await silenceSteps(store, period)) {
      work.update(update).states.push(state);
    }
  }
}

const noImage = { reference: '', platform: { os: 'linux', architecture: '' }, layers: [] };
