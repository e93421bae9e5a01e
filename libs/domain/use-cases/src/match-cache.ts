import { hash } from 'node:crypto';
import type { DecidedPackage, DecisionCache, MatchFacts } from '@clarion/matching';
import type { FeedState } from '@clarion/model';
import {
  type MatchedPackages,
  matchPackages,
  nameOfFacts,
  packageInstructions,
  type ReportOptions,
  withStates,
} from '@clarion/reporting';
import { BoundedCache } from './bounded-cache';
import type { ComposedImage } from './composed-images';
import { createFactCache, type FactReader } from './fact-cache';

/** Findings of packages, for the reports of all images that have them, in all formats. */
export interface MatchCache {
  /**
   * `matchPackages` with the facts of now, or of a time, and their states, which the result has unless the facts have
   * changed. The options are always the same, but for their limits, the list of what is suppressed, and the time.
   * Concurrent calls for equal packages match once.
   */
  match(image: ComposedImage, known: KnownFacts, options: ReportOptions): Promise<MatchedPackages>;
}

interface KnownFacts {
  readonly facts: MatchFacts;
  readonly states: readonly FeedState[];
}

export interface MatchCacheLimits {
  /** Findings that are kept. */
  readonly findings: number;
  /** About how many bytes of facts of feeds are kept. */
  readonly factBytes: number;
}

/** A cache over a store. */
export function createMatchCache(store: FactReader, { findings, factBytes }: MatchCacheLimits): MatchCache {
  const current = createFactCache(store, factBytes);
  const cache = new BoundedCache<MatchedPackages>(findings * characters);
  const decisions = decisionCache(findings / 2);
  const inTheMaking = new Map<string, Promise<MatchedPackages>>();
  return {
    async match({ image, packages }, { facts, states }, options) {
      const name = nameOfFacts(states);
      const { limits, listSuppressed } = options;
      const named = [packages, [...packageInstructions(image)], name, limits, listSuppressed];
      const key = hash('sha256', JSON.stringify(named), 'base64url');
      const known = cache.get(key) ?? inTheMaking.get(key);
      if (known !== undefined) return withStates(await known, states, options);
      const match = async (): Promise<MatchedPackages> => {
        const matched =
          facts === store
            ? await matchPackages(image, current.run(), { ...options, decisions })
            : await matchPackages(image, facts, options);
        // Made from facts that were written meanwhile, it is right, but not what the key names.
        if (nameOfFacts(await facts.feedStates()) === name) cache.set(key, matched, countOf(matched) * characters);
        return matched;
      };
      const matching = match().finally(() => inTheMaking.delete(key));
      inTheMaking.set(key, matching);
      return withStates(await matching, states, options);
    },
  };
}

/** Keeps decisions about so many flaws. */
function decisionCache(flaws: number): DecisionCache {
  const cache = new BoundedCache<DecidedPackage>(flaws * characters);
  return {
    get: (key) => cache.get(key),
    set: (key, decided, size) => {
      cache.set(key, decided, size * characters);
    },
  };
}

/** About what a finding takes, in the unit of keys. */
const characters = 1000;

function countOf({ findings, suppressed, undetermined }: MatchedPackages): number {
  return 1 + findings.length + (suppressed.list?.length ?? 0) + undetermined.length;
}
