import { affectsFindings, type ExploitationThreshold, mayAffectFindings } from '@clarion/reporting';
import type { AdvisoryStore, FeedWriter, VulnerabilityRecord, VulnerabilityStore } from '@clarion/model';
import { wordingOf } from './fingerprint';
import type { ChangedText } from './stored-texts';

/** Records what changed in vulnerability records. */
export interface TextChangeCollector {
  /** Records that are about to be written; each differs from the stored one. */
  changed(texts: readonly ChangedText[]): Promise<void>;
  /** Stored records that are about to be removed. */
  removed(texts: readonly VulnerabilityRecord[]): Promise<void>;
}

/** How changes of vulnerability records are recorded. */
export interface TextChangeOptions extends ExploitationThreshold {
  readonly store: Pick<VulnerabilityStore, 'vulnerabilities'> & Pick<AdvisoryStore, 'packagesOf'>;
  readonly writer: Pick<FeedWriter, 'putChange'>;
  /** Id of the update. */
  readonly update: string;
  /**
   * Nobody is notified of changes: whether an advisory refers to a vulnerability is not looked up, because the index for
   * that is expensive.
   */
  readonly unpublished?: boolean | undefined;
}

/** The collector for one run of one feed. Hundreds of thousands of scores change a day: little is done for each. */
export function collectTextChanges(of: TextChangeOptions): TextChangeCollector {
  const { store, writer, update, unpublished } = of;
  const options: ExploitationThreshold = { epssThreshold: of.epssThreshold };
  const published = new Set<string>();
  /** Ids of stored records that this run also stores, with the same words, under another id of the same flaw. */
  const moved = new Set<string>();
  /**
   * A record that no advisory refers to affects nobody: once an advisory refers to it, that is a change itself. A change
   * by another document of the same feed in this run is not what will be stored.
   */
  async function isPublished(
    id: string,
    before: VulnerabilityRecord | null,
    after: VulnerabilityRecord | null,
  ): Promise<boolean> {
    if (published.has(id)) return true;
    if (after === null && moved.has(id)) return false;
    if (before === null && after !== null && (await isMove(after))) return false;
    if (!(await affectsFindings(before ?? undefined, after ?? undefined, options))) return false;
    if (unpublished !== true && (await store.packagesOf(id)).length === 0) return false;
    published.add(id);
    return true;
  }
  async function isMove(text: VulnerabilityRecord): Promise<boolean> {
    const { feed, aliases = [] } = text;
    const found = aliases.length === 0 ? [] : await store.vulnerabilities(aliases.slice(0, maxAliases));
    const words = wordsOf(text);
    const same = found.filter(({ texts }) => texts.some((one) => one.feed === feed && wordsOf(one) === words));
    for (const { id } of same) moved.add(id);
    return same.length > 0;
  }
  async function note(
    { feed, id: vulnerability }: VulnerabilityRecord,
    before: VulnerabilityRecord | null,
    after: VulnerabilityRecord | null,
  ): Promise<void> {
    const mayCount =
      mayAffectFindings(before ?? undefined, after ?? undefined, options) || published.has(vulnerability);
    if (mayCount && (await isPublished(vulnerability, before, after))) {
      await writer.putChange({ update, feed, vulnerability, before, after });
    } else await writer.putChange({ update, feed, vulnerability, before, after, silent: true });
  }
  return {
    async changed(texts) {
      const unread = texts.filter(({ before }) => before === undefined);
      const found = unread.length === 0 ? [] : await store.vulnerabilities(unread.map(({ text }) => text.id));
      const known = new Map(found.map(({ id, texts: stored }) => [id, stored]));
      const stored = ({ id, feed }: VulnerabilityRecord) => known.get(id)?.find((text) => text.feed === feed) ?? null;
      for (const { text, before } of texts) await note(text, before === undefined ? stored(text) : before, text);
    },
    async removed(texts) {
      for (const text of texts) await note(text, text, null);
    },
  };
}

/** The most aliases of a new record that are looked up. */
const maxAliases = 50;

/** A record without what names it. */
function wordsOf(text: VulnerabilityRecord): string {
  return wordingOf({ ...text, id: '', aliases: [] });
}
