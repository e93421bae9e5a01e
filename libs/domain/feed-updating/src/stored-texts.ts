import { hash } from 'node:crypto';
import type { Epss, VulnerabilityStore, VulnerabilityRecord } from '@clarion/model';
import { contentOf, wordingOf } from './fingerprint';
import { scoreTable } from './score-table';

/** A feed's vulnerability records as they were when the update began. */
export interface StoredTexts {
  /** Those of `texts` that differ from the stored ones. */
  changed(texts: readonly VulnerabilityRecord[]): Promise<readonly ChangedText[]>;
  /** Ids of all stored records. */
  ids(): Promise<Iterable<string>>;
}

/** A vulnerability record that differs from the stored one. */
export interface ChangedText {
  readonly text: VulnerabilityRecord;
  /** The stored record; null: there is none. Absent where it has to be read. */
  readonly before?: VulnerabilityRecord | null;
}

/** Above this count, reading all stored records in order costs less than looking up each one. */
const fewTexts = 5000;

/** Which records count as different. */
export interface StoredTextsOptions {
  /** Also those that differ only in the order of lists, or in the rank and day of a score; default false. */
  readonly exact?: boolean;
  /**
   * Several documents may have versions of one record, of which the last one counts: one that is the stored one too, where
   * another was returned before; default false.
   */
  readonly repeated?: boolean;
}

/** Changes staged in the meantime are not visible. Prints of all records of a feed are read at most once. */
export function storedTexts(
  store: VulnerabilityStore,
  feed: string,
  { exact = false, repeated = false }: StoredTextsOptions = {},
): StoredTexts {
  const comparison = exact ? allContent : wording;
  const returned = new Set<string>();
  let asked = 0;
  let all: TextPrints | undefined;
  return {
    async changed(texts) {
      if (!repeated) return differing(texts);
      const again = texts.filter(({ id }) => returned.has(id));
      const others = again.length === 0 ? texts : texts.filter(({ id }) => !returned.has(id));
      const found = [...again.map((text) => ({ text })), ...(await differing(others))];
      for (const { text } of found) returned.add(text.id);
      return found;
    },
    async ids() {
      all ??= await readPrints(store, feed, comparison);
      return all.ids();
    },
  };
  async function differing(texts: readonly VulnerabilityRecord[]): Promise<readonly ChangedText[]> {
    asked += texts.length;
    if (asked > fewTexts) all ??= await readPrints(store, feed, comparison);
    if (all !== undefined) return all.changed(texts);
    const known = new Map((await recordsOf(store, feed, texts)).map((text) => [text.id, text]));
    return texts.flatMap((text) => {
      const before = known.get(text.id) ?? null;
      return before !== null && comparison.isSame(before, text) ? [] : [{ text, before }];
    });
  }
}

/** What of two records is compared. */
interface TextComparison {
  readonly print: (text: VulnerabilityRecord) => string;
  readonly isSame: (one: VulnerabilityRecord, other: VulnerabilityRecord) => boolean;
  readonly isSameScore: (one: Score, other: Score) => boolean;
}

type Score = Required<Epss>;

const wording: TextComparison = {
  print: (text) => shortHash(wordingOf(text)),
  isSame: (one, other) => wordingOf(one) === wordingOf(other),
  isSameScore: (one, other) => one.score === other.score,
};

const allContent: TextComparison = {
  print: (text) => shortHash(contentOf(text)),
  isSame: (one, other) => contentOf(one) === contentOf(other),
  isSameScore: (one, other) =>
    one.score === other.score && one.percentile === other.percentile && one.date === other.date,
};

async function recordsOf(
  store: VulnerabilityStore,
  feed: string,
  texts: readonly VulnerabilityRecord[],
): Promise<readonly VulnerabilityRecord[]> {
  const known = await store.vulnerabilities(texts.map(({ id }) => id));
  return known.flatMap((found) => found.texts.filter((text) => text.feed === feed));
}

/** Prints of all records of a feed. */
interface TextPrints {
  changed(texts: readonly VulnerabilityRecord[]): readonly ChangedText[];
  ids(): Iterable<string>;
}

/** Scores are kept themselves: there are hundreds of thousands, and most change every day. */
async function readPrints(
  store: VulnerabilityStore,
  feed: string,
  { print, isSameScore }: TextComparison,
): Promise<TextPrints> {
  const scores = scoreTable();
  /** By id: a hash, or the number of a score. */
  const prints = new Map<string, string | number>();
  for await (const text of store.texts(feed)) {
    prints.set(text.id, isWholeScore(text) ? scores.add(text.epss) : print(text));
  }
  return {
    changed: (texts) =>
      texts.flatMap((text): readonly ChangedText[] => {
        const known = prints.get(text.id);
        if (known === undefined) return [{ text, before: null }];
        if (typeof known === 'string') return known === print(text) ? [] : [{ text }];
        const epss = scores.get(known);
        const isSame = isWholeScore(text) && isSameScore(epss, text.epss);
        return isSame ? [] : [{ text, before: { feed, id: text.id, epss } }];
      }),
    ids: () => prints.keys(),
  };
}

/** Short, so that those of all CVEs fit into memory. */
function shortHash(content: string): string {
  return hash('sha256', content, 'base64').slice(0, 22);
}

function isWholeScore(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Score } {
  return isScore(text) && text.epss.percentile !== undefined && text.epss.date !== undefined;
}

/** Whether a vulnerability record is an EPSS score and nothing else. */
export function isScore(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).length === scoreMembers;
}

/** Feed, id and score. */
const scoreMembers = 3;
