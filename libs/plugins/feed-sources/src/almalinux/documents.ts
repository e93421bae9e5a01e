import type { FeedState, Upstream } from '@clarion/model';

/** Majors that are known to have errata, for servers without an index page. */
const knownMajors: readonly string[] = ['8', '9', '10'];

const folder = /^(\d{1,3})\/$/;
const document = /^\d{1,3}\/errata\.full\.json$/;

/**
 * `<major>/errata.full.json` of every major that the landing page or a mirror's folder lists, and of those known from
 * earlier: a new major is found the day it appears. Where nothing is listed, the known majors are asked for.
 */
export async function almaDocuments(upstream: Upstream, last: FeedState | undefined): Promise<readonly string[]> {
  const listed = (await namesOf(upstream)).flatMap((name) => folder.exec(name)?.[1] ?? []);
  const majors = (listed.length === 0 ? knownMajors : listed).map((major) => `${major}/errata.full.json`);
  const known = Object.keys(last?.documents ?? {}).filter((name) => document.test(name));
  return [...new Set([...majors, ...known])].sort();
}

/** The page is for people and may be anything; that it cannot be listed is no failure of the feed. */
async function namesOf(upstream: Upstream): Promise<readonly string[]> {
  try {
    return await upstream.list('');
  } catch {
    return [];
  }
}
