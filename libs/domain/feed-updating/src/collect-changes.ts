import type { AdvisoryGroup, AdvisoryGroupKey, AdvisoryStore } from '@clarion/model';
import type { ChangeLog } from './change-log';
import { diffAdvisories } from './diff-advisories';

/** A group that is about to be written (or removed, when `after` is absent). */
export interface GroupChange {
  readonly key: AdvisoryGroupKey;
  readonly after: AdvisoryGroup | undefined;
}

export interface ChangeCollector {
  add(change: GroupChange): Promise<void>;
  end(): Promise<void>;
}

/** Changes are looked up in batches, limited by groups and by advisories. */
const groupsPerBatch = 200;
const advisoriesPerBatch = 5000;

/**
 * Reads the old advisories of changed groups, which the store still shows while the new ones are staged, and logs only
 * those that differ. Without a log nothing is compared: a first import notifies nobody.
 */
export function collectChanges(store: Pick<AdvisoryStore, 'advisories'>, log: ChangeLog | undefined): ChangeCollector {
  const waiting: GroupChange[] = [];
  let advisories = 0;
  async function flush(to: ChangeLog): Promise<void> {
    const changes = waiting.splice(0);
    advisories = 0;
    if (changes.length === 0) return;
    const groups = await store.advisories(changes.map(({ key }) => [key.namespace, key.package] as const));
    const known = new Map(groups.map((group) => [nameOf(group), group]));
    for (const { key, after } of changes) {
      const change = diffAdvisories(known.get(nameOf(key)), after);
      if (change !== undefined) to.add(change);
    }
  }
  return {
    async add(change) {
      if (log === undefined) return;
      waiting.push(change);
      advisories += change.after?.advisories.length ?? 0;
      if (waiting.length >= groupsPerBatch || advisories >= advisoriesPerBatch) await flush(log);
    },
    async end() {
      if (log !== undefined) await flush(log);
    },
  };
}

function nameOf({ feed, document, namespace, package: name }: AdvisoryGroupKey): string {
  return JSON.stringify([feed, document, namespace, name]);
}
