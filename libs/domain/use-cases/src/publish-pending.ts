import type { BusMessage } from '@clarion/model';
import type { UseCaseContext } from './context';

const atOnce = 500;

/**
 * Publishes the pending changes that were written with facts; resolves to their number. Publishing one twice does no
 * harm: the bus and its handlers deduplicate events by content.
 */
export async function publishPending({ store, bus }: Pick<UseCaseContext, 'store' | 'bus'>): Promise<number> {
  let published = 0;
  for (;;) {
    const changed = await store.pendingChanges(atOnce);
    if (changed.length === 0) return published;
    await bus.publish(
      changed.map(({ update, vulnerability }): BusMessage => ({
        event: { kind: 'advisories.changed', update, vulnerability },
      })),
    );
    await store.markPublished(changed);
    published += changed.length;
  }
}
