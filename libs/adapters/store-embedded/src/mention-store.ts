import { setTimeout as sleep } from 'node:timers/promises';

import { type AdvisoryStore, ClarionError } from '@clarion/model';

import { buildMentions } from './build-mentions';
import { type Environment, explain, read } from './environment';
import { type Lease, takeLease } from './lease';
import { markOf, mentioned } from './mentions';

/** Milliseconds until it is looked again whether another process has built the index. */
const patience = 100;
/** The lease of whoever builds it; no feed is called so. */
const builder = '\u0000mentions';

/** Packages by vulnerability. The index is built when it is first asked for, if it does not hold. */
export function mentionStore(env: Environment): Pick<AdvisoryStore, 'packagesOf'> {
  let building: Promise<void> | undefined;
  return {
    packagesOf: async (vulnerability) => {
      if (!env.mentions) {
        throw new ClarionError('unsupported', `the store in ${env.directory} was opened without its index of mentions`);
      }
      for (;;) {
        const found = read(env, (transaction) =>
          markOf(env, { transaction })?.complete === true ? mentioned(env, vulnerability, { transaction }) : undefined,
        );
        if (found !== undefined) return found;
        building ??= (env.buildMentions?.() ?? build(env)).finally(() => {
          building = undefined;
        });
        await building;
      }
    },
  };
}

/** Builds the index, here or, while another process does, there. */
async function build(env: Environment): Promise<void> {
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

function take(env: Environment): Lease | undefined {
  try {
    return takeLease(env, builder);
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'invalid-input') return undefined;
    throw error;
  }
}
