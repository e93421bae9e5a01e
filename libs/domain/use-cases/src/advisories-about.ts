import { comparedNameIn, ecosystemNamed } from '@clarion/ecosystems';
import { coveringNamespaces, scopedFacts, coversPackagesOf } from '@clarion/matching';
import {
  ClarionError,
  feedName,
  isCveId,
  sortedTexts,
  type AdvisoryGroup,
  type AdvisoryStore,
  type Page,
  type PageRequest,
  type VulnerabilityRecord,
  type VulnerabilityStore,
} from '@clarion/model';
import type { PackageAdvisory, VulnerabilityAdvisories, VulnerabilitySummary } from './vulnerability-views';
import type { UseCaseContext } from './context';
import { decodeCursor, encodeCursor } from './cursor';
import { type InstalledFeeds, neverLoaded, withData } from './needed-feeds';
import { requireAnyData } from './search-images';

type Facts = Pick<AdvisoryStore, 'advisories' | 'packagesOf'> & Pick<VulnerabilityStore, 'vulnerability'>;

/**
 * The facts for lookups: those of the feeds of this installation, under its names for them, as in reports. A store
 * may hold data of other configurations.
 */
export function lookupFacts({
  store,
  feeds,
  ownVulnerabilities,
}: Pick<UseCaseContext, 'store' | 'feeds' | 'ownVulnerabilities'>): Facts {
  const scoped = scopedFacts(store, [ownVulnerabilities, ...feeds]);
  return {
    advisories: (names) => scoped.advisories(names),
    packagesOf: (id) => store.packagesOf(id, { atOnce: true }),
    vulnerability: async (id) => (await scoped.vulnerabilities([id]))[0],
  };
}

interface Asked {
  readonly page: PageRequest;
  readonly facts: Facts;
  readonly context: Pick<UseCaseContext, 'store' | 'feeds'>;
}
type Name = readonly [namespace: string, name: string];

/** Names that are read at once: a kernel package has thousands of advisories. */
const namesAtOnce = 8;
/** One flaw has some ten ids. */
const mostOtherIds = 200;

/** `VulnerabilityUseCases.get`. */
export async function advisoriesAbout(
  id: string,
  filter: { readonly package?: string; readonly namespace?: string },
  { page, facts, context }: Asked,
): Promise<VulnerabilityAdvisories> {
  const [known, names] = await Promise.all([facts.vulnerability(id), facts.packagesOf(id)]);
  if (known === undefined && !(await isStated(id, names, facts))) {
    await requireAnyData(context);
    throw new ClarionError('not-found', `No feed says anything about ${JSON.stringify(id.slice(0, 200))}`);
  }
  const wanted = names.filter(
    ([namespace, name]) =>
      (filter.namespace === undefined || filter.namespace === namespace) &&
      (filter.package === undefined || comparedNameIn(namespace, filter.package) === name),
  );
  if (filter.namespace !== undefined && wanted.length === 0) await requireDataAbout(filter.namespace, context);
  const { items, next } = await pageOfAdvisories(id, wanted, { page, facts });
  const records = [...(known?.texts ?? []), ...(await recordsUnder(otherIds(id, items), facts))];
  const aliases = [...records.flatMap((record) => [record.id, ...(record.aliases ?? [])]), ...items.flatMap(namesOf)];
  return {
    id,
    aliases: [...new Set(aliases)].filter((alias) => alias !== id).sort(),
    records,
    advisories: items,
    ...(next === undefined ? {} : { next }),
  };
}

/** The ids under which feeds may describe the flaw too. Another CVE among the aliases is another flaw. */
function otherIds(id: string, advisories: readonly PackageAdvisory[]): readonly string[] {
  return sortedTexts(advisories.flatMap(namesOf)).filter((one) => one !== id && !isCveId(one));
}

async function recordsUnder(ids: readonly string[], facts: Facts): Promise<readonly VulnerabilityRecord[]> {
  const records: VulnerabilityRecord[] = [];
  for (const id of ids.slice(0, mostOtherIds)) records.push(...((await facts.vulnerability(id))?.texts ?? []));
  return records;
}

/** Whether one of the packages has an advisory about it: names also include those of other installations' feeds. */
async function isStated(id: string, names: readonly Name[], facts: Facts): Promise<boolean> {
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const groups = await facts.advisories(names.slice(from, from + namesAtOnce));
    if (groups.flatMap(advisoriesOf).some((one) => namesOf(one).includes(id))) return true;
  }
  return false;
}

function namesOf({ advisory }: PackageAdvisory): readonly string[] {
  return [advisory.id, ...(advisory.aliases ?? [])];
}

/** Advisories in the order of their packages; the advisories of one package always stay on one page. */
async function pageOfAdvisories(
  id: string,
  names: readonly Name[],
  { page: { after, limit }, facts }: { readonly page: PageRequest; readonly facts: Facts },
): Promise<Page<PackageAdvisory>> {
  const position = after === undefined ? undefined : decodeCursor('advisories', after, 2);
  const key = ([namespace, name]: Name): string => `${namespace}\0${name}`;
  const sorted = [...names].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const left =
    position === undefined ? sorted : sorted.filter((name) => key(name) > `${position[0] ?? ''}\0${position[1] ?? ''}`);
  const items: PackageAdvisory[] = [];
  for (let from = 0; from < left.length; from += namesAtOnce) {
    const some = left.slice(from, from + namesAtOnce);
    const groups = await facts.advisories(some);
    for (const name of some) {
      const ours = groups.filter((group) => group.namespace === name[0] && group.package === name[1]);
      items.push(...ours.flatMap(advisoriesOf).filter((one) => namesOf(one).includes(id)));
      const isLast = name === left.at(-1);
      if (items.length >= limit && !isLast) return { items, next: encodeCursor('advisories', name) };
    }
  }
  return { items };
}

function advisoriesOf(group: AdvisoryGroup): readonly PackageAdvisory[] {
  const { feed, namespace, package: name, document, nameKind, scheme } = group;
  return group.advisories.map((advisory) => ({
    feed,
    namespace,
    package: name,
    document,
    nameKind: advisory.nameKind ?? nameKind,
    scheme,
    advisory,
  }));
}

/** `VulnerabilityUseCases.list`: the vulnerabilities of one package, by id; `after` is an id. */
export async function vulnerabilitiesOf(
  of: { readonly namespace: string; readonly package: string },
  { page: { after, limit }, facts, context }: Asked,
): Promise<Page<VulnerabilitySummary>> {
  const byId = new Map<string, PackageAdvisory[]>();
  const name = [of.namespace, comparedNameIn(of.namespace, of.package)] as const;
  for (const advisory of (await facts.advisories([name])).flatMap(advisoriesOf)) {
    const { id } = advisory.advisory;
    if (after !== undefined && id <= after) continue;
    const list = byId.get(id);
    if (list === undefined) byId.set(id, [advisory]);
    else list.push(advisory);
  }
  if (byId.size === 0 && after === undefined) await requireDataAbout(of.namespace, context);
  const ids = [...byId.keys()].sort();
  const items = ids.slice(0, limit).map((id): VulnerabilitySummary => {
    const advisories = byId.get(id) ?? [];
    const aliases = new Set(advisories.flatMap(namesOf).filter((alias) => alias !== id));
    return { id, aliases: [...aliases].sort(), advisories };
  });
  const last = items.at(-1)?.id;
  return { items, ...(ids.length > limit && last !== undefined ? { next: last } : {}) };
}

/** An empty result for a package is valid only where there is data that could list it. */
async function requireDataAbout(namespace: string, { store, feeds }: Asked['context']): Promise<void> {
  await requireAnyData({ store });
  const known: InstalledFeeds = { states: await store.feedStates(), feeds };
  const packages = `packages of ${namespace.slice(0, 100)}`;
  const missing = neverLoaded([namespace], known);
  if (missing.length > 0) {
    const names = missing.map(feedName).join(', ');
    throw new ClarionError('no-data', `Nothing is known of ${packages}: never loaded: ${names}`, {
      remedy: 'wait for the first update of the feed, or order one',
    });
  }
  if (withData(known).has(namespace)) return;
  const off = feeds.filter((feed) => feed.enabled === false && coversPackagesOf(feed, namespace)).map(feedName);
  if (off.length > 0 && !feeds.some((feed) => feed.enabled !== false && coversPackagesOf(feed, namespace))) {
    throw new ClarionError('switched-off', `Nothing is known of ${packages}: ${off.join(', ')} is off`, {
      remedy: 'name it in feeds.enable, or take it out of feeds.disable',
    });
  }
  const meant = ecosystemNamed(namespace)?.namespace;
  if (meant !== undefined && meant !== namespace) {
    throw new ClarionError('not-found', `No feed has data about ${packages}`, { remedy: `did you mean ${meant}?` });
  }
  const others = coveringNamespaces(namespace).filter((id) => id !== namespace);
  throw new ClarionError('not-found', `No feed has data about ${packages}`, {
    remedy:
      others.length > 0 ? `what is said of them is said of ${others.join(', ')}` : 'GET /feeds lists what was loaded',
  });
}
