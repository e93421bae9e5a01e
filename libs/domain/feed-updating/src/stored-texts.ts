import { hash } from 'node:crypto';
import type { Epss, VulnerabilityStore, VulnerabilityText } from '@clarion/model';
import { wordingOf } from './fingerprint';

/** What a feed was known to say about vulnerabilities when the update began. */
export interface StoredTexts {
  /** Those of `texts` that say something else than what is stored. */
  changed(texts: readonly VulnerabilityText[]): Promise<readonly ChangedText[]>;
  /** Ids of all that is stored. */
  ids(): Promise<Iterable<string>>;
}

/** A text that says something else than the stored one. */
export interface ChangedText {
  readonly text: VulnerabilityText;
  /** The score, where the stored text is nothing but that: it is known without being read again. */
  readonly oldScore?: number;
}

/** Beyond so many, reading all that is stored in its order costs less than looking for each. */
const fewTexts = 5000;

/** Nothing that is staged meanwhile is seen. Prints of all texts of a feed are read once at most. */
export function storedTexts(store: VulnerabilityStore, feed: string): StoredTexts {
  let asked = 0;
  let all: ReadonlyMap<string, Print> | undefined;
  const everything = async (): Promise<ReadonlyMap<string, Print>> => {
    const prints = new Map<string, Print>();
    for await (const text of store.texts(feed)) prints.set(text.id, printOf(text));
    return prints;
  };
  return {
    async changed(texts) {
      asked += texts.length;
      if (asked > fewTexts) all ??= await everything();
      const prints = all ?? (await printsOf(store, feed, texts));
      return texts.flatMap((text) => {
        const print = prints.get(text.id);
        if (print === printOf(text)) return [];
        return [{ text, ...(typeof print === 'number' ? { oldScore: print } : {}) }];
      });
    },
    async ids() {
      all ??= await everything();
      return all.keys();
    },
  };
}

async function printsOf(
  store: VulnerabilityStore,
  feed: string,
  texts: readonly VulnerabilityText[],
): Promise<ReadonlyMap<string, Print>> {
  const known = await store.vulnerabilities(texts.map(({ id }) => id));
  const own = known.flatMap((found) => found.texts.filter((text) => text.feed === feed));
  return new Map(own.map((text) => [text.id, printOf(text)]));
}

/** Short, so that those of all CVEs fit into memory. */
type Print = string | number;

function printOf(text: VulnerabilityText): Print {
  // The feed with the most texts has nothing but scores.
  const isWhole = isScore(text) && text.epss.percentile !== undefined && text.epss.date !== undefined;
  return isWhole ? text.epss.score : hash('sha256', wordingOf(text), 'base64').slice(0, 22);
}

/** Whether a text is a score of EPSS and nothing else. */
export function isScore(text: VulnerabilityText): text is VulnerabilityText & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).length === scoreMembers;
}

/** Feed, id and score. */
const scoreMembers = 3;
