import { type ChangedVulnerability, type ChangeStore, type FactChange, isTextChange } from '@clarion/model';

import { type StoreEnvironment, read, settle, unpack, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import type { KeyedRecord } from './records';
import { removeInBatches } from './removal';

/** Changes that are read in one snapshot. */
const batchSize = 500;

/** The records of a change: the change itself, and the note that its vulnerability is pending publication. */
export function changeRecords(change: FactChange): readonly KeyedRecord[] {
  const { update, vulnerability } = change;
  return [
    [recordKey('change', update, vulnerability, ...keyPartsOf(change)), change],
    [pendingKey(change), [update, vulnerability]],
  ];
}

/** The number of key parts distinguishes changes of vulnerability records from changes of advisories. */
function keyPartsOf(change: FactChange): readonly string[] {
  if (isTextChange(change)) return [change.feed];
  const { namespace, package: name, feed, document } = change;
  return [namespace, name, feed, document];
}

function pendingKey({ update, vulnerability }: ChangedVulnerability): string {
  return recordKey('untold', update, vulnerability);
}

/** What updates changed, by update and vulnerability. The writer of a feed puts it there. */
export function changeStore(env: StoreEnvironment): ChangeStore {
  const { db } = env;
  return {
    pendingChanges: (limit) =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(db.getRange({ ...keysBelow('untold'), limit, transaction }), ({ value }) => {
            const [update, vulnerability] = unpack(env, value) as [string, string];
            return { update, vulnerability };
          }),
        ),
      ),
    markPublished: (changed) =>
      settleWrite(env, () => {
        if (changed.length === 0) return;
        write(env, () => {
          for (const one of changed) db.removeSync(pendingKey(one));
        });
      }),
    changes: (changed) => changes(env, changed),
    forgetChanges: (before) => forgetChanges(env, before),
  };
}

async function* changes(
  env: StoreEnvironment,
  { update, vulnerability }: ChangedVulnerability,
): AsyncGenerator<FactChange> {
  const bounds = keysBelow('change', update, vulnerability);
  let { start } = bounds;
  for (;;) {
    const from = start;
    const rows = read(env, (transaction) =>
      Array.from(env.db.getRange({ ...bounds, start: from, limit: batchSize, transaction })),
    );
    for (const { value } of rows) yield await Promise.resolve(unpack(env, value) as FactChange);
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    start = behind(last.key);
  }
}

/** Unpublished changes stay, however old they are. */
async function forgetChanges(env: StoreEnvironment, before: string): Promise<void> {
  const range = { start: keysBelow('change').start, end: recordKey('change', before) };
  const remove = (key: string) => {
    if (!env.db.doesExist(pendingKeyOf(key))) env.db.removeSync(key);
  };
  await removeInBatches(env, range, { remove });
}

/** The key of the pending record for the key of a change. */
function pendingKeyOf(changeKey: string): string {
  const [, update = '', vulnerability = ''] = changeKey.split('\t');
  return ['untold', update, vulnerability].join('\t');
}
