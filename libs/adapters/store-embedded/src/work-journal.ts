import { eventId, type BusMessage, type WorkItem, type WorkJournal } from '@clarion/model';

import { encode, type StoreEnvironment, read, settle, unpack, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';

/** Work items that are read in one snapshot. */
const batchSize = 500;

/** Accepted and unfinished work of the bus on this machine, by id. */
export function workJournal(env: StoreEnvironment): WorkJournal {
  const { db } = env;
  return {
    keepWork: (messages) =>
      settleWrite(env, () => {
        if (messages.length === 0) return;
        const rows = messages.map((message) => [
          recordKey('work', eventId(message.event)),
          env.lmdb.asBinary(encode(env, message)),
        ]);
        write(env, () => {
          for (const [key, value] of rows) if (!db.doesExist(key as string)) db.putSync(key as string, value);
        });
      }),
    forgetWork: (ids) =>
      settleWrite(env, () => {
        if (ids.length === 0) return;
        write(env, () => {
          for (const id of ids) db.removeSync(recordKey('work', id));
        });
      }),
    keptWork: () => keptWork(env),
  };
}

async function* keptWork(env: StoreEnvironment): AsyncGenerator<BusMessage<WorkItem>> {
  const bounds = keysBelow('work');
  let { start } = bounds;
  for (;;) {
    const from = start;
    const rows = await settle(() =>
      read(env, (transaction) =>
        Array.from(env.db.getRange({ ...bounds, start: from, limit: batchSize, transaction })),
      ),
    );
    for (const { value } of rows) yield unpack(env, value) as BusMessage<WorkItem>;
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    start = behind(last.key);
  }
}
