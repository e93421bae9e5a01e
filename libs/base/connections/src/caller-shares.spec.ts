import { CallerShares } from './caller-shares';

describe('shares of callers', () => {
  it.each([
    [{ ofCaller: 1, inAll: 3 }, 'taken'],
    [{ ofCaller: 2, inAll: 2 }, 'share-used'],
    [{ ofCaller: 1, inAll: 4 }, 'all-used'],
  ])('count what is in use elsewhere: %j', (elsewhere, result) => {
    const shares = new CallerShares({ ofCaller: 3, inAll: 5 });
    shares.take('a');
    expect(shares.take('a', 1, elsewhere)).toBe(result);
    // It is counted there.
    expect(shares.take('a', 2)).toBe(result === 'taken' ? 'share-used' : 'taken');
  });

  it.each<[what: string, taken: readonly [string, number][], asked: [string, number], result: string]>([
    ['nothing is in use', [], ['a', 3], 'taken'],
    ['the caller has taken its share', [['a', 3]], ['a', 1], 'share-used'],
    ['more than a share is asked for at once', [], ['a', 4], 'share-used'],
    ['another caller has taken its share', [['a', 3]], ['b', 2], 'taken'],
    ['others have taken all of it', [['a', 3], ['b', 2]], ['c', 1], 'all-used'], // prettier-ignore
    ['some was released', [['a', 3], ['b', 2], ['a', -1]], ['c', 1], 'taken'], // prettier-ignore
    ['all was released', [['a', 3], ['a', -3]], ['a', 3], 'taken'], // prettier-ignore
  ])('when %s', (_what, taken, [caller, amount], result) => {
    const shares = new CallerShares({ ofCaller: 3, inAll: 5 });
    for (const [of, much] of taken) {
      if (much < 0) shares.give(of, -much);
      else expect(shares.take(of, much)).toBe('taken');
    }
    expect(shares.take(caller, amount)).toBe(result);
  });
});
