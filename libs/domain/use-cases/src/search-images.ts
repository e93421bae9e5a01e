import { createTurns } from '@clarion/deadlines';
import { packageTypesIn } from '@clarion/distributions';
import { type MatchFacts, matchingBudget } from '@clarion/matching';
import { hasAdvisoryData, hasCertainFinding } from '@clarion/reporting';
import {
  ClarionError,
  type Digest,
  type CompositionWithPackage,
  type Page,
  pageBytes,
  type IndexedPackageType,
  namesOf,
  type PageRequest,
  repositoryOf,
  sizeOf,
  type StoredImage,
} from '@clarion/model';
import { ownersBeside, readOnce, referencesNow } from '@clarion/notifying';
import { type UseCaseContext, matchOptions } from './context';
import { searchedPackage } from './searched-package';
import { cursorPage, decodeCursor, encodeCursor } from './cursor';
import { isSubmitted, viewsOf } from './image-view';
import { mergeOrdered } from './merge-ordered';
import { mostChecked, findUndecided } from './find-undecided';
import type { ImagePage, ImageSearch, SubmittedImage } from './use-cases';

/** `ImageUseCases.list`. */
export async function searchImages(
  search: ImageSearch,
  page: PageRequest,
  context: UseCaseContext,
): Promise<ImagePage> {
  // Of several concurrent lists, one starts in each turn of the event loop.
  await createTurns().next();
  const found = await imagesFor(search, page, context);
  const items = await viewsOf(found.items.filter(isSubmitted), context);
  const isFound = (): Promise<ReadonlySet<Digest>> => firstFound(search, found, context);
  const unknown = page.after === undefined ? await findUndecided(search, context, isFound) : undefined;
  return {
    items,
    ...(found.next === undefined ? {} : { next: found.next }),
    ...(unknown === undefined ? {} : { undecided: unknown }),
  };
}

/** The images of the first page, and of as many further pages as the check for undecided images covers. */
async function firstFound(
  search: ImageSearch,
  first: Page<StoredImage>,
  context: UseCaseContext,
): Promise<ReadonlySet<Digest>> {
  const found = first.items.map(({ manifestDigest }) => manifestDigest);
  let { next } = first;
  for (let pages = 1; next !== undefined && pages < mostPages; pages += 1) {
    const page = await imagesFor(search, { after: next, limit: mostChecked }, context);
    found.push(...page.items.map(({ manifestDigest }) => manifestDigest));
    next = page.next;
  }
  return new Set(found);
}

/** Each costs as much as a thousand ordinary images. */
const mostPages = 5;

async function imagesFor(search: ImageSearch, page: PageRequest, context: UseCaseContext): Promise<Page<StoredImage>> {
  const { store } = context;
  if (search.by === 'severity' || search.by === 'vulnerability') await requireAnyData(context);
  switch (search.by) {
    case 'all':
      return cursorPage('images', page, (at) => store.images({ by: 'all' }, at));
    case 'repository':
      return cursorPage('images of a repository', page, (at) =>
        imagesOfRepository(wholeRepository(search.repository, context), at, context),
      );
    case 'severity':
      return imagesOfCompositions((after) => withSeverity(search, after, context), page, context);
    case 'package': {
      const names = searchedPackage(search.package);
      return imagesOfCompositions((after) => allOf(compositionsWith(names, after, context)), page, context);
    }
    case 'vulnerability':
      return imagesOfCompositions((after) => affected(search.vulnerability, after, context), page, context);
  }
}

/** Without any feed there are no results, and an empty list would look like an answer. */
export async function requireAnyData({ store }: Pick<UseCaseContext, 'store'>): Promise<void> {
  if (hasAdvisoryData(await store.feedStates())) return;
  throw new ClarionError('no-data', 'No advisory data was loaded yet, so nothing is known of vulnerabilities', {
    remedy: 'wait for the first update of the feeds, or order one',
  });
}

/** The repository as in references: `docker.io/library/alpine`. Throws `invalid-input`. */
function wholeRepository(repository: string, { referenceName }: Pick<UseCaseContext, 'referenceName'>): string {
  return repositoryOf(referenceName(`${repository}:latest`));
}

/** Images that a reference of a repository points to now; hourly builds leave thousands that it pointed to before. */
async function imagesOfRepository(
  repository: string,
  { after, limit }: PageRequest,
  { store }: Pick<UseCaseContext, 'store'>,
): Promise<Page<StoredImage>> {
  let next = after;
  for (let looked = 0; ; looked += limit) {
    const page = await store.images(
      { by: 'repository', repository },
      { limit, ...(next === undefined ? {} : { after: next }) },
    );
    const named = await referencesNow(page.items.map(namesOf), store);
    const items = page.items.filter((_, index) =>
      named[index]?.references.some((reference) => repositoryOf(reference) === repository),
    );
    next = page.next;
    if (next === undefined) return { items };
    if (items.length > 0 || looked >= candidatesAtOnce) return { items, next };
  }
}

/** A composition that was checked, and whether its images match. */
interface Candidate {
  readonly composition: string;
  readonly meant: boolean;
  /** The cost of checking it; that of an ordinary composition is 1. */
  readonly work: number;
}

type Candidates = (after: string | undefined) => AsyncIterable<Candidate>;

/** Compositions that one page checks: a page may be short, or empty, with a cursor to continue from. */
const candidatesAtOnce = 1000;
/** Packages of one name in an image: usually a few; a hundred cost as much as another image. */
const featuresLikeOne = 100;

/**
 * Pages over the images of compositions, which are ordered by id. A position in that list is the last finished
 * composition, the one in progress, and its last returned image.
 */
async function imagesOfCompositions(
  candidates: Candidates,
  { after, limit }: PageRequest,
  { store }: UseCaseContext,
): Promise<Page<StoredImage>> {
  const [done = '', underWay = '', seen = ''] = after === undefined ? [] : decodeCursor('images found', after, 3);
  const items: SubmittedImage[] = [];
  let finished = done;
  let looked = 0;
  let bytes = 0;
  for await (const { composition, meant, work } of candidates(done === '' ? undefined : done)) {
    // At least one, whatever it costs: the next page starts after it.
    const enough = looked >= candidatesAtOnce;
    looked += work;
    if (enough) return { items, next: encodeCursor('images found', [finished, '', '']) };
    if (!meant) {
      finished = composition;
      continue;
    }
    let from: string | undefined = composition === underWay && seen !== '' ? seen : undefined;
    do {
      const room = bytes >= pageBytes ? 0 : limit - items.length;
      // The page is full, and there is more: at least this composition remains.
      if (room <= 0) return { items, next: encodeCursor('images found', [finished, composition, from ?? '']) };
      const request = { limit: room, ...(from === undefined ? {} : { after: from }) };
      const page = await store.images({ by: 'composition', composition }, request);
      items.push(...page.items.filter(isSubmitted));
      bytes += sizeOf(page.items);
      from = page.next;
    } while (from !== undefined);
    finished = composition;
  }
  return { items };
}

const severityPage = 200;

async function* withSeverity(
  { severity }: Extract<ImageSearch, { by: 'severity' }>,
  after: string | undefined,
  { store }: UseCaseContext,
): AsyncGenerator<Candidate> {
  let from = after;
  do {
    const page = await store.compositionsWith(severity, {
      limit: severityPage,
      ...(from === undefined ? {} : { after: from }),
    });
    for (const composition of page.items) yield { composition, meant: true, work: 1 };
    from = page.next;
  } while (from !== undefined);
}

type Matches = readonly [CompositionWithPackage, ...CompositionWithPackage[]];
type MergedMatches = AsyncIterable<{ readonly key: string; readonly items: Matches }>;

/** Compositions with a package of any of the names, each once, with the features of all names. */
function compositionsWith(
  names: readonly (readonly [type: IndexedPackageType, name: string])[],
  after: string | undefined,
  { store }: Pick<UseCaseContext, 'store'>,
): MergedMatches {
  return mergeOrdered(
    names.map(([type, name]) => store.compositionsWithPackage(type, name, after)),
    ({ composition }) => composition.id,
  );
}

async function* allOf(merged: MergedMatches): AsyncGenerator<Candidate> {
  for await (const { key } of merged) yield { composition: key, meant: true, work: 1 };
}

/**
 * A kernel CVE of all distributions has some hundred names; an id with more than these is not a package
 * vulnerability.
 */
const maxNames = 2000;

/** The names with the types of their namespaces, each once. */
function typedNames(
  packages: readonly (readonly [namespace: string, name: string])[],
): readonly (readonly [type: IndexedPackageType, name: string])[] {
  const names = new Map<string, Set<IndexedPackageType>>();
  for (const [namespace, name] of packages) {
    const types = names.get(name) ?? new Set();
    if (names.size < maxNames) names.set(name, types);
    for (const type of packageTypesIn(namespace)) types.add(type);
  }
  return [...names].flatMap(([name, types]) => [...types].map((type) => [type, name] as const));
}

/**
 * Compositions whose packages certainly have the vulnerability by the current feeds, or that are too large to decide.
 */
async function* affected(
  vulnerability: string,
  after: string | undefined,
  context: UseCaseContext,
): AsyncGenerator<Candidate> {
  const { store } = context;
  const packages = await store.packagesOf(vulnerability, { atOnce: true });
  const names = typedNames(packages);
  const options = { ...matchOptions(context, await store.feedStates()), about: new Set([vulnerability]) };
  // Parts of one image mostly have the same names.
  const facts = readOnce(store);
  for await (const { key, items } of compositionsWith(names, after, context)) {
    const { meant, packages } = await findCertain(items, { facts, store }, options);
    yield { composition: key, meant, work: 1 + Math.floor(packages / featuresLikeOne) };
  }
}

/**
 * Whether any of the packages that a composition was found by has a finding, and how many were checked. A composition
 * that is too large to decide counts as a match, too. A package that was found by two names is matched twice, which
 * changes nothing.
 */
async function findCertain(
  matches: Matches,
  { facts, store }: { readonly facts: MatchFacts } & Pick<UseCaseContext, 'store'>,
  options: Parameters<typeof hasCertainFinding>[2],
): Promise<{ readonly meant: boolean; readonly packages: number }> {
  const budget = matchingBudget(options);
  const turns = createTurns();
  let packages = 0;
  for (const { composition, pieces } of matches) {
    const { namespaces, channels, evidence } = composition;
    for await (const features of pieces()) {
      if (turns.isOver()) await turns.next();
      packages += features.length;
      const owners = await ownersBeside(composition.id, features, store);
      const subject = { layers: [], namespaces, channels, evidence, features, owners };
      if ((await hasCertainFinding(subject, facts, { ...options, budget })) !== false) return { meant: true, packages };
    }
  }
  return { meant: false, packages };
}
