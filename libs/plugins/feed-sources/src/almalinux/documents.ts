import { type FeedPlan, type FeedState, planOf, type Upstream } from '@clarion/model';

/** Majors with errata, for servers without an index page. */
const knownMajors: readonly string[] = ['8', '9', '10'];

const folder = /^(\d{1,3})\/$/;
const document = /^\d{1,3}\/errata\.full\.json$/;

/**
 * `<major>/errata.full.json` of every major that the landing page or a mirror's folder lists, and of those read before:
 * a new major is found on the day it appears. If nothing is listed, the known majors are requested. If a list lacks a
 * known major, it is a mirror without it, and the plan reports the document as missing.
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

/**
 * The page is written for people and may contain anything; a page that cannot be listed is not a failure of the feed.
 */
async function namesOf(upstream: Upstream): Promise<readonly string[]> {
  try {
    return await upstream.list('');
  } catch {
    return [];
  }
}
