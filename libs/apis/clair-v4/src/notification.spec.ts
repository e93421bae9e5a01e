import type { AffectedImage, AffectedPackage } from '@clarion/model';
import { type ClairAnswer, type ClairService, startClairService } from '../testing/clair-service';

const id = '01890000-0000-8000-8000-000000000001';
const path = `/notifier/api/v1/notification/${id}`;
const affected: AffectedPackage = {
  ...{ name: 'openssl', version: '1', namespace: 'debian:12', architecture: 'amd64' },
  ...{ state: 'fixed', severity: 'High', fixedIn: '2' },
};
const digestOf = (number: number): string => `sha256:${String(number).padStart(64, '0')}`;
const images: readonly AffectedImage[] = Array.from({ length: 7 }, (_, number) => ({
  ...{ image: digestOf(number), references: [], transition: number === 0 ? 'cleared' : 'affected' },
  ...{ before: number === 0 ? [affected] : [], after: number === 0 ? [] : [affected] },
}));

let service: ClairService;
beforeAll(async () => {
  service = await startClairService();
  const view = {
    ...{ id: 'CVE-2024-1', aliases: [], severity: 'High' as const, description: 'd', epss: null, knownExploited: null },
    ...{ links: ['https://a.example/'], packages: [affected] },
  } as const;
  await service.store.putNotification(
    {
      ...{ id, update: 'u', feed: 'f', vulnerability: view.id, createdAt: new Date().toISOString(), state: 'created' },
      ...{ before: view, after: view, counts: { affected: 6, cleared: 1, changed: 0 }, namespaces: ['debian:12'] },
    },
    (async function* () {
      await Promise.resolve();
      yield images;
    })(),
  );
});
afterAll(() => service.close());

interface SentPage {
  readonly page: { readonly size: number; readonly next?: string };
  readonly notifications: readonly { readonly manifest: string; readonly reason: string }[];
}
const pageOf = ({ json }: ClairAnswer): SentPage => json as SentPage;
const sizeOf = ({ json }: ClairAnswer): unknown => (json as Partial<SentPage>).page?.size;

describe('a notification', () => {
  it('has an entry for each image', async () => {
    const answer = await service.ask('GET', path);
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': expect.stringMatching(/^application\/vnd\.clair\.notification_page\.v1\+json/) as string,
      },
    });
    const { page, notifications } = pageOf(answer);
    expect(page).toEqual({ size: 500 });
    expect(notifications.map(({ manifest, reason }) => [manifest, reason])).toEqual(
      images.map(({ image }, number) => [image, number === 0 ? 'removed' : 'added']),
    );
  });

  it('is read page by page, each named by a UUID', async () => {
    const seen: string[] = [];
    let next: string | undefined = '00000000-0000-0000-0000-000000000000';
    for (let pages = 1; next !== undefined; pages++) {
      const { page, notifications } = pageOf(await service.ask('GET', `${path}?page_size=3&next=${next}`));
      seen.push(...notifications.map(({ manifest }) => manifest));
      next = page.next;
      expect([page.size, pages <= 3]).toEqual([3, true]);
      if (next !== undefined) expect(next).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(seen).toEqual(images.map(({ image }) => image));
  });

  it.each([
    ['?page_size=0', 200, 500],
    ['?page_size=', 200, 500],
    ['?page_size=999999', 200, 5000],
    ['?page_size=-1', 400, undefined],
    ['?page_size=x', 400, undefined],
    ['?next=x', 400, undefined],
    ['?next=11111111-1111-4111-8111-111111111111', 400, undefined],
  ])('with %s is %i', async (query, status, size) => {
    const answer = await service.ask('GET', `${path}${query}`);
    expect([answer.status, sizeOf(answer)]).toEqual([status, size]);
  });

  it('that does not exist is 404, and no UUID 400', async () => {
    const other = path.replace(/1$/, '2');
    for (const method of ['GET', 'DELETE']) {
      expect(await service.ask(method, other)).toMatchObject({ status: 404, json: { code: 'not-found' } });
      expect(await service.ask(method, '/notifier/api/v1/notification/x')).toMatchObject({
        status: 400,
        json: { code: 'bad-request' },
      });
    }
    expect((await service.ask('GET', path, { headers: { accept: 'text/html' } })).status).toBe(415);
  });

  it('is acknowledged when it is deleted, also twice, and remains readable', async () => {
    for (let time = 1; time <= 2; time++) {
      expect(await service.ask('DELETE', path)).toMatchObject({ status: 200, text: '' });
      expect((await service.store.notification(id))?.state).toBe('acknowledged');
    }
    expect((await service.ask('GET', path)).status).toBe(200);
  });
});
