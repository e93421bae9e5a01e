import { eventId, type DeadLetter } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testDigest } from './store-contract-facts';
import { hostileNames } from './store-contract-names';
import { everyPage } from './store-contract-service-facts';

function letter(vulnerability: string): DeadLetter {
  const event = { kind: 'advisories.changed', update: 'u', vulnerability } as const;
  return {
    id: eventId(event),
    event,
    at: '2024-03-01T10:00:00Z',
    deliveries: 3,
    code: 'internal',
    message: 'no\u0000',
  };
}

/** Dead letters, and leases of processes. */
export function describeWork(current: CurrentStore): void {
  describe('dead letters', () => {
    const list = async (limit: number) => everyPage((page) => current().store.deadLetters(page), limit);

    it.each([1, 2, 100])(
      'are kept until they are removed, in the order of their ids, in pages of %i',
      async (limit) => {
        const { store } = current();
        const letters = ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4', 'CVE-5'].map(letter);
        for (const one of [...letters].reverse()) await store.putDeadLetter(one);
        await store.putDeadLetter(letters[1]!);
        expect(await list(limit)).toStrictEqual(letters);
        expect(await store.removeDeadLetter(letters[2]!.id)).toBe(true);
        expect(await store.removeDeadLetter(letters[2]!.id)).toBe(false);
        expect(await store.deadLetter(letters[2]!.id)).toBeUndefined();
        expect(await store.deadLetter(letters[3]!.id)).toStrictEqual(letters[3]);
        expect(await list(limit)).toStrictEqual(letters.filter((_, n) => n !== 2));
      },
    );

    it('of one work are the last one', async () => {
      const { store } = current();
      await store.putDeadLetter(letter('CVE-1'));
      const again = { ...letter('CVE-1'), deliveries: 9, code: 'process' } as const;
      await store.putDeadLetter(again);
      expect(await list(10)).toStrictEqual([again]);
    });

    it('of layers with long digests are in order too', async () => {
      const letters = [1, 2, 3].map((layer) => {
        const image = `sha512:${testDigest(layer).slice(7).repeat(2)}`;
        const submission = '0190163d-8694-739b-aea5-966c26f8ad91';
        const event = { kind: 'work.layer', image, submission, layer } as const;
        return { ...letter(''), id: eventId(event), event };
      });
      for (const one of [...letters].reverse()) await current().store.putDeadLetter(one);
      expect(await list(1)).toStrictEqual(letters);
    });

    it.each([1, 3, 100])('have ids of any kind, in pages of %i', async (limit) => {
      const letters = hostileNames.map(letter);
      for (const one of letters) await current().store.putDeadLetter(one);
      const found = await list(limit);
      expect(found).toHaveLength(letters.length);
      expect(found).toEqual(expect.arrayContaining(letters));
      for (const one of letters) expect(await current().store.deadLetter(one.id)).toStrictEqual(one);
      for (const one of letters) expect(await current().store.removeDeadLetter(one.id)).toBe(true);
      expect(await list(limit)).toEqual([]);
    });
  });

  describe('leases', () => {
    const minute = (n: number) => new Date(Date.UTC(2024, 2, 1, 10, n)).toISOString();
    const lease = async (owner: string, now: number, name = 'scheduler') =>
      current().store.lease(name, owner, { now: minute(now), until: minute(now + 5) });

    it('go to one owner until they end', async () => {
      expect(await lease('one', 0)).toBe(true);
      expect(await lease('two', 4)).toBe(false);
      expect(await lease('one', 4)).toBe(true);
      expect(await lease('two', 8)).toBe(false);
      expect(await lease('two', 9)).toBe(true);
      expect(await lease('one', 9)).toBe(false);
    });

    it('are ended by their owner only', async () => {
      const { store } = current();
      await lease('one', 0);
      await store.endLease('scheduler', 'two');
      expect(await lease('two', 1)).toBe(false);
      await store.endLease('scheduler', 'one');
      await store.endLease('scheduler', 'one');
      expect(await lease('two', 1)).toBe(true);
      await store.endLease('nothing', 'one');
    });

    it('are taken by one of many concurrent callers', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const options = { now: minute(0), until: minute(5) };
      const taken = await Promise.all(
        Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? store : other).lease('scheduler', `h${n}`, options)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      await other.close();
    });

    it('have names of any kind', async () => {
      for (const name of hostileNames) expect(await lease(`${name}1`, 0, name)).toBe(true);
      for (const name of hostileNames) expect(await lease(`${name}2`, 0, name)).toBe(false);
    });
  });

  describe('progress of recurring work', () => {
    it.each(['deadlines', ...hostileNames])('is replaced by one process at a time: %p', async (name) => {
      const { store } = current();
      expect(await store.progress(name)).toBeUndefined();
      expect(await store.putProgress(name, { from: '1', to: '2' })).toBe(false);
      expect(await store.putProgress(name, { from: undefined, to: '1' })).toBe(true);
      expect(await store.putProgress(name, { from: undefined, to: '2' })).toBe(false);
      const raced = await Promise.all(['2', '3'].map((to) => store.putProgress(name, { from: '1', to })));
      expect(raced.filter((won) => won)).toHaveLength(1);
      expect(await store.progress(name)).toBe(raced[0] === true ? '2' : '3');
    });
  });
}
