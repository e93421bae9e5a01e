import { roleOf, scopedFacts } from '@clarion/matching';
import { feedCoverage } from '@clarion/reporting';
import type { LackingFeed, MissingDocument } from '@clarion/model';
import { matchOptions, type MatchSettings } from './context';
import { lacksRatings, neverLoaded } from './needed-feeds';

/** What the feeds cover for packages of some namespaces. */
export interface FeedsAbout extends ReturnType<typeof feedCoverage> {
  /** A feed that is needed for any valid result was never loaded. */
  readonly isNeverLoaded: boolean;
}

/** The current feeds of this installation, queried for many images: most have the same distribution. */
export interface KnownFeeds {
  /** The feeds as used in reports. */
  readonly feeds: ReturnType<typeof matchOptions>['feeds'];
  about(namespaces: readonly string[]): FeedsAbout;
  /** Whether any of these documents is still missing. */
  lacks(documents: readonly LackingFeed[]): boolean;
  /**
   * Whether a feed that may rate vulnerabilities of these namespaces was never loaded, or lacks the documents for ids
   * with these prefixes (`CompositionCounts.unrated`; absent: all ids).
   */
  lacksRatings(namespaces: readonly string[], beginnings: readonly string[] | undefined): boolean;
  /** Whether a feed that rates vulnerabilities is disabled in the configuration. */
  readonly isRaterOff: boolean;
}

export async function knownFeeds(settings: MatchSettings): Promise<KnownFeeds> {
  const { store, feeds } = settings;
  const states = await store.feedStates();
  const options = matchOptions(settings, states);
  const scoped = await scopedFacts(store, options.feeds).feedStates();
  const raters = feeds.filter((feed) => roleOf(feed) === 'severities');
  const lacking = states.flatMap(({ feed, missing = [] }) => (raters.some(({ id }) => id === feed) ? missing : []));
  const known = new Map<string, FeedsAbout>();
  return {
    feeds: options.feeds,
    about(namespaces) {
      const key = namespaces.join('\n');
      const isNeverLoaded = (): boolean => neverLoaded(namespaces, { states, feeds }).length > 0;
      const about = known.get(key) ?? {
        ...feedCoverage(namespaces, scoped, options),
        isNeverLoaded: isNeverLoaded(),
      };
      known.set(key, about);
      return about;
    },
    lacks: (documents) =>
      documents.some((of) => {
        const now = scoped.find(({ feed }) => feed === of.feed)?.missing ?? [];
        return now.some(({ name }) => of.missing.includes(name));
      }),
    isRaterOff: raters.some(({ enabled }) => enabled === false),
    lacksRatings: (namespaces, beginnings) =>
      lacksRatings(namespaces, { states, feeds }) || lacking.some((document) => isAbout(document, beginnings)),
  };
}

function isAbout({ ids = [] }: MissingDocument, beginnings: readonly string[] | undefined): boolean {
  if (beginnings === undefined) return true;
  return ids.some((id) => beginnings.some((begin) => begin.startsWith(id) || id.startsWith(begin)));
}
