import { ClarionError } from '@clarion/model';

import { type StoreEnvironment, movedAway, write } from './environment';
import { behind, formatKey, recordKey } from './keys';
import { migrations, oldestFormat } from './migrations';
import type { StoreMigration } from './migrations/migration';

const sinceKey = recordKey('meta', 'format-since');
const progressKey = recordKey('meta', 'migration');

/** A format, and the first Clarion that reads it. */
type Since = readonly [format: number, version: string];

/** The progress of a migration: the range, and the key in it to continue from. */
interface Progress {
  readonly to: number;
  readonly range: number;
  readonly from: string;
}

/** Records of one transaction: some milliseconds. */
const recordsAtOnce = 500;

/**
 * Makes sure that the store has the format of this build: an empty store gets it, an older one is migrated in place. An
 * interrupted migration continues when the store is next opened; two processes that open it at once share the work.
 * Throws `unsupported` for a newer format, for one that is too old to migrate, and for an older one that is opened
 * read-only.
 */
export async function ensureFormat(
  env: StoreEnvironment,
  steps: readonly StoreMigration[] = migrations,
): Promise<void> {
  const last = steps.at(-1);
  const current = last?.to ?? oldestFormat.format;
  const found = env.db.get(formatKey);
  if (found === undefined) {
    startFormat(env, current, last?.since ?? oldestFormat.since);
    env.format = current;
    return;
  }
  if (typeof found !== 'number' || found < oldestFormat.format || found > current) throw foreign(env, found, current);
  if (found < current && env.readOnly) {
    throw new ClarionError(
      'unsupported',
      `the store in ${env.directory} is of an older Clarion and may not be written`,
      {
        remedy:
          'run `clarion db status` once as a user that may write there: what is stored is then kept in the new form',
      },
    );
  }
  for (const step of steps) if (step.to > found) await migrate(env, step);
  env.format = current;
}

/** Whether the store has an older format, from which it can be migrated. */
export function isOlder({ db }: Pick<StoreEnvironment, 'db'>): boolean {
  const found = db.get(formatKey);
  const current = migrations.at(-1)?.to ?? oldestFormat.format;
  return typeof found === 'number' && found >= oldestFormat.format && found < current;
}

function startFormat(env: StoreEnvironment, format: number, since: string): void {
  if (env.readOnly) {
    throw new ClarionError('no-data', `the store in ${env.directory} is empty`, {
      remedy: 'run `clarion update` first',
    });
  }
  write(env, () => {
    env.db.putSync(formatKey, format);
    env.db.putSync(sinceKey, [format, since] satisfies Since);
  });
}

async function migrate(env: StoreEnvironment, step: StoreMigration): Promise<void> {
  while (write(env, () => migrateSome(env, step), { durable: true })) await new Promise(setImmediate);
}

/** One batch of a step; false if the step is complete, here or in another process. */
function migrateSome(env: StoreEnvironment, step: StoreMigration): boolean {
  const { db } = env;
  if ((db.get(formatKey) as number) >= step.to) return false;
  const known = db.get(progressKey) as Progress | undefined;
  const { range, from } = known?.to === step.to ? known : { range: 0, from: '' };
  const bounds = step.ranges[range];
  if (bounds === undefined) {
    db.putSync(formatKey, step.to);
    db.putSync(sinceKey, [step.to, step.since] satisfies Since);
    db.removeSync(progressKey);
    return false;
  }
  const start = from === '' ? bounds.start : from;
  const rows = Array.from(db.getRange({ start, end: bounds.end, limit: recordsAtOnce }));
  for (const { key, value } of rows) step.rewrite(env, key, value);
  const last = rows.at(-1);
  const next =
    last === undefined || rows.length < recordsAtOnce
      ? { range: range + 1, from: '' }
      : { range, from: behind(last.key) };
  db.putSync(progressKey, { to: step.to, ...next } satisfies Progress);
  return true;
}

function foreign(env: StoreEnvironment, found: unknown, current: number): ClarionError {
  const isNewer = typeof found === 'number' && found > current;
  const [format, since] = (env.db.get(sinceKey) as Since | undefined) ?? [];
  const version =
    since !== undefined && format === found ? `Clarion ${since} or later` : 'the newer Clarion that wrote it';
  return new ClarionError(
    'unsupported',
    `the store in ${env.directory} has format ${JSON.stringify(found)}, this Clarion reads ${current}`,
    { remedy: isNewer ? `Use ${version}, or another data directory (--db or CLARION_DB)` : movedAway },
  );
}
