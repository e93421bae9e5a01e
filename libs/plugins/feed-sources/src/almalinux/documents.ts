import { type FeedPlan, type FeedState, planOf, type Upstream } from '@clarion/model';

/** Majors that are known to have errata, for servers without an index page. */
const knownMajors: readonly string[] = ['8', '9', '10'];

const folder = /^(\d{1,3})\/$/;
const document = /^\d{1,3}\/errata\.full\.json$/;

/**
 * `<major>/errata.full.json` of every major that the landing page or a mirror's folder lists, and of those known from
 * earlier: a new major is found the day it appears. Where nothing is listed, the known majors are asked for; a list
 * without one of them is that of a mirror that lacks it.
 */
export async function planAlma(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const listed = (await namesOf(upstream)).flatMap((name) => folder.exec(name)?.[1] ?? []);
  const majors = listed.length === 0 ? knownMajors : listed;
  const known = Object.keys(last?.documents ?? {}).filter((name) => document.test(name));
  return {
    ...planOf([...new Set([...majors.map(documentOf), ...known])].sort()),
    missing: knownMajors
      .filter((major) => !majors.includes(major))
      .map((major) => ({ name: documentOf(major), namespaces: [`alma:${major}`] })),
  };
}

function documentOf(major: string): string {
  return `${major}/errata.full.json`;
}

/** The page is for people and may be anything; that it cannot be listed is no failure of the feed. */
async function namesOf(upstream: Upstream): Promise<readonly string[]> {
  try {
    return await upstream.list('');
  } catch {
    return [];
  }
}
