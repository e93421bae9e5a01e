import { hash } from 'node:crypto';
import type { Epss, VulnerabilityStore, VulnerabilityRecord } from '@clarion/model';
import { wordingOf } from './fingerprint';

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
  /** The old score, if the stored record is only a score: known without reading the record again. */
  readonly oldScore?: number;
}

/** Above this count, reading all stored records in order costs less than looking up each one. */
const fewTexts = 5000;

/** Changes staged in the meantime are not visible. Prints of all records of a feed are read at most once. */
export function storedTexts(store: VulnerabilityStore, feed: string): StoredTexts {
  let asked = 0;
  let all: ReadonlyMap<string, TextPrint> | undefined;
  const everything = async (): Promise<ReadonlyMap<string, TextPrint>> => {
    const prints = new Map<string, TextPrint>();
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
  texts: readonly VulnerabilityRecord[],
): Promise<ReadonlyMap<string, TextPrint>> {
  const known = await store.vulnerabilities(texts.map(({ id }) => id));
  const own = known.flatMap((found) => found.texts.filter((text) => text.feed === feed));
  return new Map(own.map((text) => [text.id, printOf(text)]));
}

/** Short, so that those of all CVEs fit into memory. */
type TextPrint = string | number;

function printOf(text: VulnerabilityRecord): TextPrint {
  // The feed with the most records has only scores.
  const isWhole = isScore(text) && text.epss.percentile !== undefined && text.epss.date !== undefined;
  return isWhole ? text.epss.score : hash('sha256', wordingOf(text), 'base64').slice(0, 22);
}

/** Whether a vulnerability record is an EPSS score and nothing else. */
export function isScore(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).length === scoreMembers;
}

/** Feed, id and score. */
const scoreMembers = 3;
