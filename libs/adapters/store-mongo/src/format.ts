import { ClarionError } from '@clarion/model';

import type { MongoContext } from './context';
import { migrations, type StoreMigration } from './migrations';

const first = { format: 1, since: '0.1.0' } as const;

/**
 * Makes sure that the database has the format of this build: an empty one gets it, an older one is migrated in place by
 * the first process that opens it. Throws `unsupported` for a newer one.
 */
export async function ensureFormat(
  context: MongoContext,
  steps: readonly StoreMigration[] = migrations,
): Promise<void> {
  const current = steps.at(-1)?.to ?? first.format;
  const since = steps.at(-1)?.since ?? first.since;
  const meta = context.collection('meta');
  // A database that is just being created counts as one of the first format: it is empty.
  await meta.updateOne({ _id: 'revisions' }, { $setOnInsert: { version: 0, feeds: [] } }, { upsert: true });
  await meta.updateOne({ _id: 'format' }, { $setOnInsert: { version: current, since } }, { upsert: true });
  const found = await meta.findOne({ _id: 'format' });
  const version = found?.version ?? 0;
  if (version > current || version < first.format) {
    const which = found?.since === undefined ? 'the newer Clarion that wrote it' : `Clarion ${found.since} or later`;
    throw new ClarionError(
      'unsupported',
      `database ${context.db.databaseName} has format ${version}, this Clarion reads ${current}`,
      { remedy: `use ${which}, or another database` },
    );
  }
  for (const step of steps) {
    if (step.to <= version) continue;
    await step.run(context);
    await meta.updateOne({ _id: 'format', version: step.to - 1 }, { $set: { version: step.to, since: step.since } });
  }
}
