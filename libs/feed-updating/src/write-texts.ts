import type { AdvisoryStore, FeedWriter, VulnerabilityText } from '@clarion/model';
import { wordingOf } from './fingerprint';

const batch = 200;

interface TextWriter {
  add(text: VulnerabilityText): Promise<void>;
  /** How many texts were written in all. */
  end(): Promise<number>;
}

interface TextTarget {
  readonly store: AdvisoryStore;
  readonly writer: FeedWriter;
  readonly firstImport: boolean;
}

/** Stages the texts that say something else than the stored ones of the same feed. */
export function writeTexts({ store, writer, firstImport }: TextTarget): TextWriter {
  const waiting: VulnerabilityText[] = [];
  let written = 0;
  async function flush(): Promise<void> {
    const texts = waiting.splice(0);
    const changed = firstImport ? texts : await unknownTexts(store, texts);
    for (const text of changed) await writer.putText(text);
    written += changed.length;
  }
  return {
    async add(text) {
      waiting.push(text);
      if (waiting.length >= batch) await flush();
    },
    async end() {
      await flush();
      return written;
    },
  };
}

async function unknownTexts(
  store: AdvisoryStore,
  texts: readonly VulnerabilityText[],
): Promise<readonly VulnerabilityText[]> {
  const known = await Promise.all(texts.map((text) => store.vulnerability(text.id)));
  return texts.filter((text, index) => {
    const stored = known[index]?.texts.find((other) => other.feed === text.feed && other.id === text.id);
    return stored === undefined || wordingOf(stored) !== wordingOf(text);
  });
}
