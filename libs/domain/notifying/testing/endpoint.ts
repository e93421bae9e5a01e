import type { NotificationEndpoint, Page, PageRequest } from '@clarion/model';
import { createSealer } from '@clarion/sealing';

export const sealer = createSealer('5f'.repeat(32));
export const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

/** A webhook receiver without a filter. */
export function testEndpoint(id: string, more: Partial<NotificationEndpoint> = {}): NotificationEndpoint {
  return {
    id,
    url: 'https://receiver.example/hook',
    mode: 'cloudevents',
    secrets: [{ secret: sealer.seal(secret) }],
    filter: {},
    allowInsecure: false,
    fullBody: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

/** All items of a list, read in pages. */
export async function everyPage<T>(ask: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await ask({ limit, ...(after === undefined ? {} : { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
