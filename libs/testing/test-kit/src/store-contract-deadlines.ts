import type { DeadlineCheck } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testComposition } from './store-contract-service-facts';

const day = (number: number): string => `2026-03-0${number}T00:00:00.000Z`;
const [a, b, c] = [1, 2, 3].map((seed) => testComposition(seed).id) as [string, string, string];

/** When the deadlines of compositions are checked. */
export function describeDeadlines(current: CurrentStore): void {
  describe('checks of deadlines', () => {
    beforeEach(async () => {
      for (const seed of [1, 2, 3]) await current().store.putComposition(testComposition(seed), []);
    });
    const planned = async (until = day(9)): Promise<readonly (readonly [string, string])[]> =>
      (await current().store.deadlineChecks(until, 100)).map(({ composition, at }) => [composition, at]);
    const next = async (): Promise<DeadlineCheck> => (await current().store.deadlineChecks(day(9), 1))[0]!;

    it('are returned when they are due, the earliest first', async () => {
      const { store, reopen } = current();
      expect(await planned()).toEqual([]);
      await store.planDeadlineChecks([a, b], day(3));
      await store.planDeadlineChecks([c], '2026-03-02T01:00:00+01:00');
      await store.planDeadlineChecks([], day(1));
      const [first, ...others] = await planned();
      expect(first).toEqual([c, day(2)]);
      expect([...others].sort()).toEqual([a, b].sort().map((id) => [id, day(3)]));
      expect(await planned(day(2))).toEqual([[c, day(2)]]);
      expect(await planned(day(1))).toEqual([]);
      expect(await store.deadlineChecks(day(9), 1)).toMatchObject([{ composition: c }]);
      const other = await reopen();
      expect(await other.deadlineChecks(day(2), 10)).toHaveLength(1);
      await other.close();
    });

    it('stay where they are when they are planned later again, and move when earlier', async () => {
      const { store } = current();
      await store.planDeadlineChecks([a], day(3));
      await store.planDeadlineChecks([a, a], day(5));
      expect(await planned()).toEqual([[a, day(3)]]);
      await store.planDeadlineChecks([a], day(1));
      expect(await planned()).toEqual([[a, day(1)]]);
    });

    it('are replaced by the next one, or by none', async () => {
      const { store } = current();
      await store.planDeadlineChecks([a], day(1));
      await store.putNextCheck(await next(), day(4));
      expect(await planned()).toEqual([[a, day(4)]]);
      await store.putNextCheck(await next(), null);
      expect(await planned()).toEqual([]);
      await store.planDeadlineChecks([a], day(5));
      expect(await planned()).toEqual([[a, day(5)]]);
    });

    it.each([day(1), day(2), day(5)])(
      'are not lost when they are planned again during a check: at %s',
      async (again) => {
        const { store } = current();
        await store.planDeadlineChecks([a], day(2));
        const done = await next();
        await store.planDeadlineChecks([a], again);
        await store.putNextCheck(done, null);
        await store.putNextCheck(done, day(9));
        expect(await planned()).toEqual([[a, again < day(2) ? again : day(2)]]);
      },
    );

    it('are those of known compositions', async () => {
      const { store } = current();
      const unknown = testComposition(4).id;
      await store.planDeadlineChecks([unknown, a], day(1));
      await store.putNextCheck({ composition: unknown, at: day(1), plan: 1 }, day(2));
      expect(await planned()).toEqual([[a, day(1)]]);
    });

    it.each([0, 1.5, -1])('reject the limit %d', async (limit) => {
      await expect(current().store.deadlineChecks(day(1), limit)).rejects.toMatchObject({ code: 'invalid-input' });
    });

    it.each(['', 'tomorrow'])('reject the time %j', async (time) => {
      const { store } = current();
      await expect(store.planDeadlineChecks([a], time)).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(store.deadlineChecks(time, 1)).rejects.toMatchObject({ code: 'invalid-input' });
    });
  });
}
