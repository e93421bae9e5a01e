import type { AdvisoryGroup, AdvisoryGroupKey, AdvisoryStore } from '@clarion/model';
import { diffAdvisories } from './diff-advisories';
import type { RecordChange } from './found-change';

/** A group that is about to be written (or removed, when `after` is absent). */
export interface WrittenGroup {
  readonly key: AdvisoryGroupKey;
  readonly after: AdvisoryGroup | undefined;
}

export interface ChangeCollector {
  add(group: WrittenGroup): Promise<void>;
  end(): Promise<void>;
}

/** Changes are looked up in batches, limited by groups and by advisories. */
const groupsPerBatch = 200;
const advisoriesPerBatch = 5000;

/**
 * Reads the old advisories of changed groups, which the store still shows while the new ones are staged, and records
 * what differs.
 */
export function collectChanges(store: Pick<AdvisoryStore, 'advisories'>, record: RecordChange): ChangeCollector {
  const waiting: WrittenGroup[] = [];
  let advisories = 0;
  async function flush(): Promise<void> {
    const written = waiting.splice(0);
    advisories = 0;
    if (written.length === 0) return;
    const groups = await store.advisories(written.map(({ key }) => [key.namespace, key.package] as const));
    const known = new Map(groups.map((group) => [nameOf(group), group]));
    for (const { key, after } of written) {
      for (const change of diffAdvisories(known.get(nameOf(key)), after)) await record(change);
    }
  }
  return {
    async add(group) {
      waiting.push(group);
      advisories += group.after?.advisories.length ?? 0;
      if (waiting.length >= groupsPerBatch || advisories >= advisoriesPerBatch) await flush();
    },
    end: flush,
  };
}

function nameOf({ feed, document, namespace, package: name }: AdvisoryGroupKey): string {
  return JSON.stringify([feed, document, namespace, name]);
}
