import {
  type AdvisoryGroup,
  type ChangesSince,
  type HistoryStore,
  isAdvisoryChange,
  isTextChange,
  type LoggedChange,
  type Store,
} from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testFeedState } from './store-contract-facts';
import { inAnyOrder, timeOfUpdate, updateId } from './store-contract-history-facts';
import {
  changedModel,
  comparisonOf,
  described,
  differenceOf,
  emptyModel,
  type FeedModel,
  namespaces,
  packages,
  putDifference,
  Random,
  repositories,
  vulnerabilities,
} from './store-contract-history-model';
import { collect } from './store-contract-service-facts';

const names = namespaces.flatMap((namespace) => packages.map((name) => [namespace, name] as const));
const feeds = ['feed-a', 'feed-b', 'größe'] as const;
const steps = 40;

/** Values of facts by what they are of; null where there is none. */
type Facts = Map<string, unknown>;

/** Facts that were stored at a time: of each feed that was loaded then. */
type Stored = ReadonlyMap<string, FeedModel>;

/** Undoing the log gives the facts that were stored at any time of the past. */
export function describeUndoing(current: CurrentStore): void {
  describe('undoing the log', () => {
    it.each(Array.from({ length: 8 }, (_, seed) => seed + 1))(
      'gives the stored facts of every revision (%d)',
      async (seed) => {
        const { store, reopen } = current();
        const other = await reopen();
        const random = new Random(seed);
        const past = new PastOfFeeds(store, random);
        for (let step = 0; step < steps; step += 1) {
          await past.next();
          if (random.below(6) === 0) await past.compare(other);
        }
        await past.compare(store);
        await other.close();
      },
    );
  });
}

/** Random updates of feeds, with what is stored after each. */
class PastOfFeeds {
  private readonly stored = new Map<string, Stored>();
  private now = new Map<string, FeedModel>();
  private readonly newest = new Map<string, number>();
  private minute = 0;
  private readonly store: Store;
  private readonly random: Random;

  constructor(store: Store, random: Random) {
    this.store = store;
    this.random = random;
  }

  async next(): Promise<void> {
    const { random, store } = this;
    const kind = random.below(20);
    if (kind === 0) await this.prune(random.of(feeds));
    else if (kind === 1) await store.forgetChanges(updateId(random.below(3 * this.minute + 1)));
    else if (kind < 4) await store.markPublished(await store.pendingChanges(random.below(30)));
    else await this.update(random.of(feeds), kind);
  }

  private async update(feed: string, kind: number): Promise<void> {
    const { random, store } = this;
    const before = this.now.get(feed);
    const after = changedModel(feed, before ?? emptyModel, random);
    this.minute += random.below(3);
    const n = (this.newest.get(feed) ?? 0) + 1 + random.below(3);
    const writer = await store.writeFeed(feed);
    await putDifference(writer, before ?? emptyModel, after);
    const isFirst = before === undefined || kind === 4;
    const changes = differenceOf(n, [before ?? emptyModel, after], random);
    if (!isFirst) for (const change of changes) await writer.putChange(change);
    if (kind === 5) {
      await writer.abort();
      return;
    }
    const at = timeOfUpdate(this.minute);
    await writer.commit(testFeedState(feed), { update: updateId(n), at, ...(isFirst ? { first: true } : {}) });
    this.newest.set(feed, n);
    this.now.set(feed, after);
    this.stored.set(at, new Map(this.now));
  }

  private async prune(feed: string): Promise<void> {
    const { store, now } = this;
    if (!now.has(feed)) return;
    await store.prune({ before: timeOfUpdate(0), keepFeeds: feeds.filter((one) => one !== feed) });
    now.delete(feed);
    this.newest.delete(feed);
    for (const [at, all] of this.stored) {
      this.stored.set(at, new Map([...all].filter(([one]) => one !== feed)));
    }
  }

  /** Compares what a store gives for every time with what was stored. */
  async compare(store: Store): Promise<void> {
    const from = (await store.historyFrom()) ?? '';
    const horizons = new Map((await store.horizons()).map(({ feed, at }) => [feed, at]));
    for (const [at, all] of this.stored) {
      if (at < from) continue;
      const known = [...all].filter(([feed]) => (horizons.get(feed) ?? '') <= at);
      const facts = await factsAt(store, at, new Set(known.map(([feed]) => feed)));
      const expected = new Map(known.flatMap(([feed, model]) => [...factsOf(feed, model)]));
      expect(presentIn(facts)).toEqual(presentIn(expected));
    }
    await expectSameByVulnerability(store);
  }
}

/** The facts of feeds at a time: those of today with the log after it applied backwards. */
async function factsAt(store: Store, at: string, of: ReadonlySet<string>): Promise<Facts> {
  const revisions = (await store.revisionsAt(at)).filter(({ feed }) => of.has(feed));
  expect(revisions.map(({ feed }) => feed).sort()).toEqual([...of].sort());
  const since = new Map(revisions.map(({ feed, update }) => [feed, update]));
  const facts = await factsNow(store, of);
  const undone = new Set<string>();
  for (const change of await laterChanges(store, since)) {
    const key = keyOf(change);
    if (of.has(change.feed) && !undone.has(key)) facts.set(key, change.before);
    undone.add(key);
  }
  return facts;
}

async function laterChanges(store: HistoryStore, since: ChangesSince): Promise<readonly LoggedChange[]> {
  return [
    ...(await collect(store.packageChanges(names, since, { firstOnly: true }))),
    ...(await collect(store.textChanges(described, since, { firstOnly: true }))),
    ...(await collect(store.repositoryChanges(repositories, since))),
  ];
}

async function factsNow(store: Store, of: ReadonlySet<string>): Promise<Facts> {
  const facts: Facts = new Map();
  for (const group of await store.advisories(names)) if (of.has(group.feed)) addGroup(facts, group);
  for (const { texts } of await store.vulnerabilities(described)) {
    for (const text of texts) if (of.has(text.feed)) facts.set(JSON.stringify(['text', text.feed, text.id]), text);
  }
  for (const { feed, repository, cpes } of await store.repositories(repositories)) {
    if (of.has(feed)) facts.set(JSON.stringify(['repository', feed, repository]), cpes);
  }
  return facts;
}

function factsOf(feed: string, model: FeedModel): Facts {
  const facts: Facts = new Map();
  for (const group of model.groups.values()) addGroup(facts, group);
  for (const [id, text] of model.texts) facts.set(JSON.stringify(['text', feed, id]), text);
  for (const [name, { cpes }] of model.repositories) facts.set(JSON.stringify(['repository', feed, name]), cpes);
  return facts;
}

function addGroup(facts: Facts, group: AdvisoryGroup): void {
  const { namespace, package: name, feed, document } = group;
  const key = ['group', feed, document, namespace, name];
  facts.set(JSON.stringify(key), comparisonOf(group));
  for (const vulnerability of vulnerabilities) {
    const advisories = group.advisories.filter(({ id }) => id === vulnerability);
    facts.set(JSON.stringify([...key, vulnerability]), advisories);
  }
}

function keyOf(change: LoggedChange): string {
  if (isTextChange(change)) return JSON.stringify(['text', change.feed, change.vulnerability]);
  if ('repository' in change) return JSON.stringify(['repository', change.feed, change.repository]);
  const { feed, document, namespace, package: name } = change;
  const key = ['group', feed, document, namespace, name];
  return JSON.stringify(isAdvisoryChange(change) ? [...key, change.vulnerability] : key);
}

function presentIn(facts: Facts): Readonly<Record<string, unknown>> {
  const present = [...facts].filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The log is the same whichever way it is read. */
async function expectSameByVulnerability(store: HistoryStore): Promise<void> {
  const everything = new Map<string, string>();
  const ofPackages = await collect(store.packageChanges(names, everything));
  const groups = await Promise.all(namespaces.map((one) => collect(store.groupChanges(one, everything))));
  const isGroup = (change: LoggedChange) => !('vulnerability' in change);
  expect(inAnyOrder(groups.flat())).toEqual(inAnyOrder(ofPackages.filter(isGroup)));
  for (const id of new Set([...vulnerabilities, ...described])) {
    const found = await collect(store.vulnerabilityChanges(id));
    const advisories = ofPackages.filter((one) => isAdvisoryChange(one) && one.vulnerability === id);
    const texts = await collect(store.textChanges([id], everything));
    expect(inAnyOrder(found)).toEqual(inAnyOrder([...advisories, ...texts]));
  }
}
