import { createJsonKeeping } from './json-keeping';
import { createRateLimit } from './rate-limit';

describe('rates', () => {
  it('fill up again', () => {
    let now = 0;
    const limit = createRateLimit({ perSecond: 2, burst: 1 }, () => now);
    limit('a');
    expect(() => {
      limit('a');
    }).toThrow('Too many');
    now = 500;
    limit('a');
  });

  it('count large bodies as several requests', () => {
    const limit = createRateLimit({ perSecond: 0.001, burst: 5 }, () => 0);
    const keep = createJsonKeeping(limit);
    const large = keep('a');
    for (let piece = 0; piece < 20; piece += 1) large.kept(16 * 1024);
    expect(() => {
      limit('a');
    }).toThrow('Too many requests');
    keep('b').kept(65_535);
    for (let left = 0; left < 5; left += 1) limit('b');
  });

  it('limit the memory for bodies, for each caller and for all', () => {
    const keep = createJsonKeeping(() => undefined);
    const mebibyte = 1024 ** 2;
    const admitted = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((caller) => {
      const kept = keep(caller);
      kept.kept(8 * mebibyte);
      return kept;
    });
    const late = (caller: string) => () => {
      keep(caller).kept(1);
    };
    expect(late('a')).toThrow('this caller');
    expect(late('i')).toThrow('all callers');
    admitted[0]?.release();
    admitted[0]?.release();
    expect(late('a')).not.toThrow();
    expect(late('i')).not.toThrow();
  });
});
