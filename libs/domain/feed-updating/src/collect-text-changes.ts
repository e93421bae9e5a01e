import { affectsFindings, isLikelyExploited, type ExploitationThreshold } from '@clarion/reporting';
import type { VulnerabilityText, VulnerabilityStore } from '@clarion/model';
import type { ChangeLog } from './change-log';
import { isScore, type ChangedText } from './stored-texts';

/** Notes the changes of texts by which findings may be others, out of all that an update writes. */
export interface TextChangeCollector {
  /** Texts that are about to be written, each other than the stored one. */
  changed(texts: readonly ChangedText[]): Promise<void>;
  /** Texts that are about to be removed. */
  removed(texts: readonly VulnerabilityText[]): Promise<void>;
}

/**
 * The collector for one run of one feed. Stored texts are read again only where they may matter: of the scores of all CVEs,
 * which mostly change every day, those that cross the threshold.
 */
export function collectTextChanges(
  log: ChangeLog,
  { store, ...options }: ExploitationThreshold & { readonly store: Pick<VulnerabilityStore, 'vulnerabilities'> },
): TextChangeCollector {
  const noted = new Set<string>();
  async function compare(before: VulnerabilityText | undefined, after: VulnerabilityText | undefined): Promise<void> {
    const id = (after ?? before)?.id;
    const feed = (after ?? before)?.feed;
    if (id === undefined || feed === undefined) return;
    // What another document of the feed made of it meanwhile is not what will be stored.
    if (!noted.has(id) && !(await affectsFindings(before, after, options))) return;
    noted.add(id);
    log.add({ kind: 'text', feed, vulnerability: id, before: before ?? null, after: after ?? null });
  }
  return {
    async changed(texts) {
      const candidates = texts.filter((one) => noted.has(one.text.id) || mayBear(one, options)).map(({ text }) => text);
      if (candidates.length === 0) return;
      const found = await store.vulnerabilities(candidates.map(({ id }) => id));
      const known = new Map(found.map(({ id, texts: stored }) => [id, stored]));
      for (const text of candidates) {
        await compare(
          known.get(text.id)?.find(({ feed }) => feed === text.feed),
          text,
        );
      }
    },
    async removed(texts) {
      for (const text of texts) await compare(text, undefined);
    },
  };
}

/** Whether the stored text has to be looked at. */
function mayBear({ text, oldScore }: ChangedText, options: ExploitationThreshold): boolean {
  if (!isScore(text) || oldScore === undefined) return true;
  return isLikelyExploited({ score: oldScore }, options) !== isLikelyExploited(text.epss, options);
}
