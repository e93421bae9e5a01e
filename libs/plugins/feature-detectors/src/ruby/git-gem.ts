import { decodeText } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';
import { isInCondaCache } from '../conda-cache';
import { isUsableText } from '../usable-text';

const checkout = /^(.*?(?:^|\/)bundler\/gems\/[^/]+)\//;
const constant =
  /^[ \t]*(?:[A-Z]\w*::)*VERSION[ \t]*=[ \t]*(?:Gem::Version\.new[ \t]*\(?[ \t]*)?(["'])([0-9][^"'#\\]{0,200})\1/m;

/** The directory of the checkout that a file is in (`bundler/gems/rack-2f4c0d5a1b3e`); undefined outside of one. */
export function checkoutOf(path: string): string | undefined {
  return checkout.exec(path)?.[1];
}

/** Test data of an installed gem (`gems/bundler-2.4.1/spec/fixtures/…`). */
const testdata = /(?:^|\/)gems\/[^/]+-[0-9a-f][^/]*\/(?:.*\/)?(?:tests?|specs?|fixtures?|features)\//;
const inDirectory = /(?:^|\/)bundler\/gems\/[^/]+\/[^/]+\/[^/]+$/;
/** The first lines of a specification that RubyGems wrote. */
const written = /^# stub: \S/m;
const longestHead = 1000;

/**
 * Whether a specification is of no installed gem: test data, in conda's cache, or in a checkout one that Bundler has not written.
 * Bundler writes those that it evaluates in place of the author's, also one directory deep: a checkout of Rails is
 * several gems.
 */
export function isNotInstalled({ path, content }: WantedFile): boolean {
  if (testdata.test(path) || isInCondaCache(path)) return true;
  return inDirectory.test(path) && !written.test(decodeText(content.subarray(0, longestHead)));
}

/** The versions that the sources of checkouts state, by directory: the file with the shortest path is that of the gem. */
export function versionsOf(files: readonly WantedFile[], budget: WorkBudget): ReadonlyMap<string, string> {
  const found = new Map<string, { readonly path: string; readonly version: string }>();
  for (const { path, content } of files) {
    const folder = checkoutOf(path);
    if (folder === undefined || !path.endsWith('.rb') || !budget.spend(1)) continue;
    const version = constant.exec(decodeText(content))?.[2];
    const before = found.get(folder);
    if (!isUsableText(version) || (before !== undefined && isFirst(before.path, path))) continue;
    found.set(folder, { path, version });
  }
  return new Map([...found].map(([folder, { version }]) => [folder, version]));
}

function isFirst(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
