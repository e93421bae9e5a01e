import { type Advisory, type AdvisoryChange, ClarionError, feedName, isAdvisoryChange } from '@clarion/model';
import type { UseCaseContext } from '../context';
import type { ChangedAdvisory, DifferenceRequest, UpdateDifference } from './history-views';

/** What a caller can read at once; more is a new state of the feed rather than a difference. */
const [mostRevisions, mostPackages, mostAdvisories] = [200, 5000, 20_000];

type Context = Pick<UseCaseContext, 'store' | 'feeds' | 'ownVulnerabilities'>;

/** `HistoryUseCases.difference`. */
export async function differenceOfUpdates(
  { from, to }: DifferenceRequest,
  context: Context,
): Promise<UpdateDifference> {
  const { store } = context;
  const feed = await feedOf(to, context);
  if ((await feedOf(from, context)) !== feed) throw new ClarionError('invalid-input', 'The updates are of two feeds');
  const updates = await updatesBetween(feed, { from, to }, context);
  const changed = await store.changedFacts(
    updates.map((update) => [feed, update] as const),
    mostPackages,
  );
  if (changed === undefined) throw tooMuch();
  const chains = new Map<string, AdvisoryChange>();
  for await (const change of store.packageChanges(changed.packages, new Map([[feed, from]]))) {
    if (!isAdvisoryChange(change) || change.feed !== feed || change.update > to) continue;
    const { namespace, package: name, document, vulnerability } = change;
    const key = JSON.stringify([namespace, name, document, vulnerability]);
    chains.set(key, { ...change, before: chains.get(key)?.before ?? change.before });
    if (chains.size > mostAdvisories) throw tooMuch();
  }
  const all = [...chains.values()];
  const configured = [context.ownVulnerabilities, ...context.feeds].find(({ id }) => id === feed);
  return {
    feed: configured === undefined ? feed : feedName(configured),
    added: all.flatMap((one) => without(one.after, one.before).map((advisory) => of(one, advisory))),
    removed: all.flatMap((one) => without(one.before, one.after).map((advisory) => of(one, advisory))),
  };
}

/** The id of the feed that an update changed. Throws `not-found`. */
async function feedOf(update: string, { store, feeds, ownVulnerabilities }: Context): Promise<string> {
  const [found] = await store.revisionTimes([ownVulnerabilities, ...feeds].map(({ id }) => [id, update] as const));
  if (found === undefined) throw new ClarionError('not-found', `There is no update ${update.slice(0, 100)}`);
  return found.feed;
}

/** The later updates of a feed up to another one. */
async function updatesBetween(
  feed: string,
  { from, to }: DifferenceRequest,
  { store }: Context,
): Promise<readonly string[]> {
  if (from > to) throw new ClarionError('invalid-input', 'The first of the two updates is the later one');
  const { items } = await store.revisions(feed, { limit: mostRevisions });
  const between = items.filter(({ update }) => update > from && update <= to);
  const start = items.find(({ update }) => update === from);
  // A load of everything names no changes.
  if (start === undefined || between.some(({ first }) => first === true)) throw tooMuch();
  const historyFrom = await store.historyFrom();
  if (historyFrom !== undefined && historyFrom > start.at) {
    throw new ClarionError('history-pruned', `What changed before ${historyFrom} is not known any more`);
  }
  return between.map(({ update }) => update);
}

function without(advisories: readonly Advisory[], others: readonly Advisory[]): readonly Advisory[] {
  const known = new Set(others.map((one) => JSON.stringify(one)));
  return advisories.filter((one) => !known.has(JSON.stringify(one)));
}

function of({ namespace, package: name, nameKind }: AdvisoryChange, advisory: Advisory): ChangedAdvisory {
  return { namespace, package: name, nameKind, advisory };
}

function tooMuch(): ClarionError {
  return new ClarionError('limit-exceeded', 'The updates differ by more than is listed', {
    remedy: 'compare updates that are closer to each other',
  });
}
