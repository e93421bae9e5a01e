import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { eventId, type Message, type WorkItem } from '@clarion/model';
import { feedWork } from '@clarion/test-kit';

import { openEmbeddedStore, type EmbeddedStore } from './open-embedded-store';

describe('the journal of work', () => {
  let directory: string;
  let store: EmbeddedStore;
  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
    store = await openEmbeddedStore({ directory });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  async function kept(): Promise<Message<WorkItem>[]> {
    const messages: Message<WorkItem>[] = [];
    for await (const message of store.keptWork()) messages.push(message);
    return messages;
  }

  it('keeps work of any name and number until it is forgotten, also when it is opened again', async () => {
    const names = ['a', '', 'ä\t\n\u0000', '#'.repeat(3000), '🙂', ...Array.from({ length: 1500 }, (_, n) => `n${n}`)];
    const messages: Message<WorkItem>[] = names.map((name) => ({ event: feedWork(name, 'r'), traceparent: name }));
    await store.keepWork(messages);
    await store.keepWork([{ event: feedWork('a', 'r'), traceparent: 'another' }]);
    await store.close();
    store = await openEmbeddedStore({ directory });
    const found = await kept();
    const id = ({ event }: Message<WorkItem>): string => eventId(event);
    const byId = (a: Message<WorkItem>, b: Message<WorkItem>): number => (id(a) < id(b) ? -1 : 1);
    expect([...found].sort(byId)).toEqual([...messages].sort(byId));
    await store.forgetWork(messages.slice(1).map(id));
    await store.forgetWork([]);
    await store.forgetWork(['nothing']);
    expect(await kept()).toEqual([messages[0]]);
  });

  it('is read while it is written', async () => {
    const messages: Message<WorkItem>[] = Array.from({ length: 1200 }, (_, n) => ({ event: feedWork('nvd', `${n}`) }));
    await store.keepWork(messages);
    const seen = new Set<string>();
    for await (const { event } of store.keptWork()) {
      seen.add(eventId(event));
      await store.forgetWork([eventId(event)]);
    }
    expect([seen.size, await kept()]).toEqual([messages.length, []]);
  });
});
