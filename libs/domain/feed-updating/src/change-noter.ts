import type { ExploitationThreshold } from '@clarion/reporting';
import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  FeedWriter,
  VulnerabilityStore,
  VulnerabilityRecord,
} from '@clarion/model';
import { createChangeLog } from './change-log';
import { collectChanges } from './collect-changes';
import { collectTextChanges } from './collect-text-changes';
import { recordChanges } from './record-changes';
import type { SpoolOptions } from './scratch';

/** Collects the pending changes to the stored facts of a feed, for consumers of change events. */
export interface ChangeNoter {
  /** A group that is about to be written, or removed when `after` is undefined. */
  group(key: AdvisoryGroupKey, after: AdvisoryGroup | undefined): Promise<void>;
  /** A vulnerability record that is about to be written. */
  text(text: VulnerabilityRecord): Promise<void>;
  /** A vulnerability record that is about to be removed. */
  removedText(id: string, feed: string): Promise<void>;
  /** Writes all collected changes next to the facts, as part of `update`. */
  write(update: string, writer: Pick<FeedWriter, 'putChange'>): Promise<void>;
  close(): void;
}

/** Stored vulnerability records are looked up in batches of this size. */
const textsAtOnce = 500;

/** The store must still show the old facts while changes are collected. */
export function noteChanges(
  store: AdvisoryStore & VulnerabilityStore,
  options: SpoolOptions & ExploitationThreshold,
): ChangeNoter {
  const log = createChangeLog(options);
  const groups = collectChanges(store, log);
  const texts = collectTextChanges(log, { ...options, store });
  let waiting: VulnerabilityRecord[] = [];
  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    await texts.changed(batch.map((text) => ({ text })));
  };
  return {
    group: (key, after) => groups.add({ key, after }),
    async text(text) {
      waiting.push(text);
      if (waiting.length >= textsAtOnce) await flush();
    },
    async removedText(id, feed) {
      const stored = (await store.vulnerability(id))?.texts.find((text) => text.feed === feed);
      if (stored !== undefined) await texts.removed([stored]);
    },
    async write(update, writer) {
      await groups.end();
      await flush();
      await recordChanges(log.entries(), update, { writer, store });
    },
    close: () => {
      log.close();
    },
  };
}
