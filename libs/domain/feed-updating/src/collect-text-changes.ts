import { affectsFindings, isLikelyExploited, type ExploitationThreshold } from '@clarion/reporting';
import type { VulnerabilityRecord, VulnerabilityStore } from '@clarion/model';
import type { ChangeLog } from './change-log';
import { isScore, type ChangedText } from './stored-texts';

/** Logs the vulnerability records of an update whose change can affect findings. */
export interface TextChangeCollector {
  /** Records that are about to be written; each differs from the stored one. */
  changed(texts: readonly ChangedText[]): Promise<void>;
  /** Records that are about to be removed. */
  removed(texts: readonly VulnerabilityRecord[]): Promise<void>;
}

/**
 * The collector for one run of one feed. Stored records are read again only where they can affect findings: most EPSS
 * scores change every day, and only those that cross the threshold are read.
 */
export function collectTextChanges(
  log: ChangeLog,
  { store, ...options }: ExploitationThreshold & { readonly store: Pick<VulnerabilityStore, 'vulnerabilities'> },
): TextChangeCollector {
  const noted = new Set<string>();
  async function compare(
    before: VulnerabilityRecord | undefined,
    after: VulnerabilityRecord | undefined,
  ): Promise<void> {
    const id = (after ?? before)?.id;
    const feed = (after ?? before)?.feed;
    if (id === undefined || feed === undefined) return;
    // A change by another document of the same feed in this run is not what will be stored.
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

/** Whether the stored record has to be read. */
function mayBear({ text, oldScore }: ChangedText, options: ExploitationThreshold): boolean {
  if (!isScore(text) || oldScore === undefined) return true;
  return isLikelyExploited({ score: oldScore }, options) !== isLikelyExploited(text.epss, options);
}
