import type { DeadlineCheck, DeadlineStore } from '@clarion/model';
import { checkLimit, sortableTime } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import { chunks } from './writes';

/** Checks of deadlines: members of the documents of compositions, found by their time. */
export function deadlineStore(context: MongoContext): DeadlineStore {
  const compositions = context.collection('compositions');
  return {
    planDeadlineChecks: (ids, at) =>
      explained(async () => {
        const change = { $min: { checkAt: sortableTime(at) }, $inc: { checkPlan: 1 } };
        for await (const some of chunks(new Set(ids).values(), 1000)) {
          await compositions.updateMany({ _id: { $in: some.map((id) => keyPart(id)) } }, change);
        }
      }),
    deadlineChecks: (until, limit) =>
      explained(async () => {
        checkLimit({ limit });
        const found = compositions
          .find({ checkAt: { $lte: sortableTime(until) } }, { projection: { checkAt: 1, checkPlan: 1 } })
          .sort({ checkAt: 1 })
          .limit(limit);
        return (await found.toArray()).map(({ _id, checkAt = '', checkPlan = 0 }): DeadlineCheck => {
          return { composition: _id, at: checkAt, plan: checkPlan };
        });
      }),
    putNextCheck: ({ composition, plan }, next) =>
      explained(async () => {
        const change = next === null ? { $unset: { checkAt: '' } as const } : { $set: { checkAt: sortableTime(next) } };
        await compositions.updateOne({ _id: keyPart(composition), checkPlan: plan }, change);
      }),
  };
}
