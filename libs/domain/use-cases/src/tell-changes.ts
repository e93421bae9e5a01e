import type { Message } from '@clarion/model';
import type { Context } from './context';

const atOnce = 500;

/**
 * Puts what was written with facts and is not told yet on the bus. Told twice is told once: the bus and whoever handles
 * it know an event by what it is about.
 */
export async function tellChanges({ store, bus }: Pick<Context, 'store' | 'bus'>): Promise<number> {
  let told = 0;
  for (;;) {
    const changed = await store.untold(atOnce);
    if (changed.length === 0) return told;
    await bus.publish(
      changed.map(({ update, vulnerability }): Message => ({
        event: { kind: 'advisories.changed', update, vulnerability },
      })),
    );
    await store.markTold(changed);
    told += changed.length;
  }
}
