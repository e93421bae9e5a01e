import { CallerShares } from './caller-shares';

describe('shares of callers', () => {
  it.each([
    [{ ofCaller: 1, inAll: 3 }, 'taken'],
    [{ ofCaller: 2, inAll: 2 }, 'share-used'],
    [{ ofCaller: 1, inAll: 4 }, 'all-used'],
  ])('count what is in use elsewhere: %j', (elsewhere, outcome) => {
    const shares = new CallerShares({ ofCaller: 3, inAll: 5 });
    shares.take('a');
    expect(shares.take('a', 1, elsewhere)).toBe(outcome);
    // It is counted there.
    expect(shares.take('a', 2)).toBe(outcome === 'taken' ? 'share-used' : 'taken');
  });

  it.each<[what: string, held: readonly [string, number][], asked: [string, number], outcome: string]>([
    ['nothing is held', [], ['a', 3], 'taken'],
    ['the caller holds its share', [['a', 3]], ['a', 1], 'share-used'],
    ['more than a share is asked for at once', [], ['a', 4], 'share-used'],
    ['another caller holds its share', [['a', 3]], ['b', 2], 'taken'],
    ['others hold all of it', [['a', 3], ['b', 2]], ['c', 1], 'all-used'], // prettier-ignore
    ['some was given back', [['a', 3], ['b', 2], ['a', -1]], ['c', 1], 'taken'], // prettier-ignore
    ['all was given back', [['a', 3], ['a', -3]], ['a', 3], 'taken'], // prettier-ignore
  ])('when %s', (_what, held, [caller, amount], outcome) => {
    const shares = new CallerShares({ ofCaller: 3, inAll: 5 });
    for (const [of, much] of held) {
      if (much < 0) shares.give(of, -much);
      else expect(shares.take(of, much)).toBe('taken');
    }
    expect(shares.take(caller, amount)).toBe(outcome);
  });
});
