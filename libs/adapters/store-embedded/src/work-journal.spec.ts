import { eventId, type BusMessage, type WorkItem } from '@clarion/model';
import { feedWork } from '@clarion/test-kit';

import { storeOfEachTest } from '../testing/each-test';

describe('the journal of work', () => {
  const here = storeOfEachTest();

  async function kept(): Promise<BusMessage<WorkItem>[]> {
    const messages: BusMessage<WorkItem>[] = [];
    for await (const message of here.store.keptWork()) messages.push(message);
    return messages;
  }

  it('keeps work of any name and number until it is removed, also after it is reopened', async () => {
    const names = ['a', '', 'ä\t\n\u0000', '#'.repeat(3000), '🙂', ...Array.from({ length: 1500 }, (_, n) => `n${n}`)];
    const messages: BusMessage<WorkItem>[] = names.map((name) => ({ event: feedWork(name, 'r'), traceparent: name }));
    await here.store.keepWork(messages);
    await here.store.keepWork([{ event: feedWork('a', 'r'), traceparent: 'another' }]);
    await here.reopen();
    const found = await kept();
    const id = ({ event }: BusMessage<WorkItem>): string => eventId(event);
    const byId = (a: BusMessage<WorkItem>, b: BusMessage<WorkItem>): number => (id(a) < id(b) ? -1 : 1);
    expect([...found].sort(byId)).toEqual([...messages].sort(byId));
    await here.store.forgetWork(messages.slice(1).map(id));
    await here.store.forgetWork([]);
    await here.store.forgetWork(['nothing']);
    expect(await kept()).toEqual([messages[0]]);
  });

  it('can be read while it is written', async () => {
    const messages: BusMessage<WorkItem>[] = Array.from({ length: 1200 }, (_, n) => ({
      event: feedWork('nvd', `${n}`),
    }));
    await here.store.keepWork(messages);
    const seen = new Set<string>();
    for await (const { event } of here.store.keptWork()) {
      seen.add(eventId(event));
      await here.store.forgetWork([eventId(event)]);
    }
    expect([seen.size, await kept()]).toEqual([messages.length, []]);
  });
});
