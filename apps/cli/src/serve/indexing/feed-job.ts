import type { JobContext } from '@clarion/child-processes';
import { feedWork } from '@clarion/workers';
import type { FeedJob, FeedReply } from './messages';

/** Updates feeds. The process that gets the reply publishes the changes: the outbox is in the store. */
export function feedJob(
  context: Parameters<typeof feedWork>[0],
): (
  job: FeedJob,
  context: Pick<JobContext<FeedReply, never>, 'signal' | 'sendReply'>,
) => AsyncGenerator<FeedReply, void> {
  return async function* ({ work, delivery }, { signal, sendReply }) {
    const handler = feedWork(context, {
      publishPending: () => Promise.resolve(),
      onEvent: (event) => {
        const { kind } = event;
        if (kind === 'started' || kind === 'document' || kind === 'finished') sendReply({ kind: 'update', event });
      },
    });
    for await (const event of handler(work, { signal, delivery })) yield { kind: 'event', event };
  };
}
