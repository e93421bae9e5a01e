import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type AdvisoryGroup, type AdvisoryStore, ClarionError } from '@clarion/model';

import { type Environment, explain, read, unpack, write } from './environment';
import { behind, keysBelow } from './keys';
import { type Lease, takeLease } from './lease';
import { type Mark, markOf, mentioned, mentionWriter, setMark } from './mentions';
import { removeInBatches } from './removal';

/** Milliseconds until it is looked again whether another process has built the index. */
const patience = 100;
/** Mentions that are written in one transaction: some ten milliseconds in which nobody else can write. */
const mentionsAtOnce = 1000;
/** Milliseconds between two transactions. */
const breath = 1;
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

/** Builds the index, here or, while another process does, there. What one that died has done stays done. */
async function build(env: Environment): Promise<void> {
  const lease = take(env);
  if (lease === undefined) {
    await sleep(patience);
    return;
  }
  try {
    const mark = read(env, (transaction) => markOf(env, { transaction })) ?? (await begin(env));
    if (mark.complete) return;
    let start = mark.next ?? keysBelow('advisories').start;
    for (;;) {
      lease.renew();
      const next = addSome(env, mark.token, start);
      if (next === undefined) return;
      start = next;
      // Also for other processes that wait for their right to write.
      await sleep(breath);
    }
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

/**
 * Takes what is left of an index that did not hold away. From then on every update keeps what is there, so that it does
 * not matter on which side of it an update falls.
 */
async function begin(env: Environment): Promise<Mark> {
  const mark: Mark = { token: randomUUID(), complete: false };
  const remove = (key: string) => {
    env.db.removeSync(key);
  };
  await removeInBatches(env, keysBelow('mention'), { remove });
  write(env, () => {
    setMark(env, mark);
  });
  return mark;
}

/** Indexes some groups from a key on. Gives the key to go on from; none at the end, or when the mark was taken away. */
function addSome(env: Environment, token: string, start: string): string | undefined {
  const { end } = keysBelow('advisories');
  return write(env, () => {
    if (markOf(env)?.token !== token) return undefined;
    const mentions = mentionWriter(env);
    for (const { key, value } of env.db.getRange({ start, end })) {
      mentions.add(unpack(env, value) as AdvisoryGroup);
      if (mentions.pending() < mentionsAtOnce) continue;
      mentions.write();
      const next = behind(key);
      setMark(env, { token, complete: false, next });
      return next;
    }
    mentions.write();
    setMark(env, { token, complete: true });
    return undefined;
  });
}
