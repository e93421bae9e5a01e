import { setTimeout as sleep } from 'node:timers/promises';

import { type AdvisoryStore, ClarionError } from '@clarion/model';

import { buildMentions, groupsAtOnce } from './build-mentions';
import { type StoreEnvironment, explain, read } from './environment';
import { keysBelow } from './keys';
import { type FeedWriteLease, takeLease } from './lease';
import { markOf, mentioned } from './mentions';

/** Milliseconds between checks whether another process has built the index. */
const patience = 100;
/** The lease for building the index; no feed has this name. */
const builder = '\u0000mentions';

/** Packages by vulnerability. The index is built at the first query if it is not complete. */
export function mentionStore(env: StoreEnvironment): Pick<AdvisoryStore, 'packagesOf'> {
  let building: Promise<void> | undefined;
  return {
    packagesOf: async (vulnerability, { atOnce = false } = {}) => {
      if (!env.mentions) {
        throw new ClarionError('unsupported', `the store in ${env.directory} was opened without its index of mentions`);
      }
      for (;;) {
        const found = read(env, (transaction) =>
          markOf(env, { transaction })?.complete === true ? mentioned(env, vulnerability, { transaction }) : undefined,
        );
        if (found !== undefined) return found;
        const elsewhere = isLarge(env) ? env.buildMentions : undefined;
        building ??= (elsewhere ?? build)(env).finally(() => {
          building = undefined;
        });
        if (atOnce && elsewhere !== undefined) {
          // The next caller starts it again.
          building.catch(() => undefined);
          throw beingBuilt();
        }
        await building;
      }
    },
  };
}

/** Whether building the index takes long enough for a separate process. */
function isLarge({ db }: StoreEnvironment): boolean {
  const range = { ...keysBelow('advisories'), limit: groupsAtOnce + 1 };
  return Array.from(db.getKeys(range)).length > groupsAtOnce;
}

function beingBuilt(): ClarionError {
  return new ClarionError('index-being-built', 'The index of what is said about vulnerabilities is being built', {
    remedy: 'ask again in a while: of all feeds it takes up to a minute',
  });
}

/** Builds the index, here or, while another process does, there. */
async function build(env: StoreEnvironment): Promise<void> {
  const lease = take(env);
  if (lease === undefined) {
    await sleep(patience);
    return;
  }
  try {
    if (read(env, (transaction) => markOf(env, { transaction }))?.complete === true) return;
    await buildMentions(env, lease);
  } catch (error) {
    throw explain(env, error);
  } finally {
    lease.release();
  }
}

function take(env: StoreEnvironment): FeedWriteLease | undefined {
  try {
    return takeLease(env, builder);
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'invalid-input') return undefined;
    throw error;
  }
}
