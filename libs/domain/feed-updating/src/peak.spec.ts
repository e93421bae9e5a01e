import type { FeedState } from '@clarion/model';
import { type FeedSize, lossSincePeak, peakAfter } from './peak';

const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

/** A feed that is updated once a day, as long as no update is held. */
function follow(daily: readonly FeedSize[], { force = false } = {}): readonly (string | undefined)[] {
  let last: FeedState | undefined;
  return daily.map((counts, index) => {
    const now = day(index + 1);
    const message = lossSincePeak(last, counts, now);
    if (message === undefined) {
      const rest = { feed: 'f', parserVersion: 1, documents: {}, problems: 0, problemSamples: [] };
      last = { ...rest, ...counts, peak: peakAfter(last, counts, { now, force }) };
    }
    return message;
  });
}

const sized = (groups: number): FeedSize => ({ groups, statements: groups * 2 });

describe('the recent peak of a feed', () => {
  it('is what small losses add up against', () => {
    expect(follow([1000, 900, 810, 730, 900].map(sized))).toEqual([
      ...[undefined, undefined, undefined],
      'would lose 270 of 1000 packages since 2026-01-01',
      undefined,
    ]);
    expect(follow([1000, 1000, 850, 790].map((statements) => ({ groups: 500, statements })))[3]).toBe(
      'would lose 210 of 1000 advisories since 2026-01-02',
    );
    expect(follow([1404, 1130, 910].map((texts) => ({ groups: 0, statements: 0, texts })))[2]).toBe(
      'would lose 494 of 1404 vulnerabilities since 2026-01-01',
    );
  });

  it('grows with the feed, and is not lowered by a partial read', () => {
    expect(follow([1000, 1100, 900, 870].map(sized))).toEqual([
      ...[undefined, undefined, undefined],
      'would lose 230 of 1100 packages since 2026-01-02',
    ]);
    const texts = [{ texts: 1000 }, {}, { texts: 700 }].map((part) => ({ groups: 0, statements: 0, ...part }));
    expect(follow(texts)[2]).toBe('would lose 300 of 1000 vulnerabilities since 2026-01-01');
  });

  it('expires after a month, and is reset by a loss that was accepted', () => {
    const month = Array.from({ length: 32 }, (_, index) => sized(index < 31 ? 1000 - index * 6 : 700));
    // The first day has expired on the last day, so the comparison is with 820 and not with 1000.
    expect(follow(month).filter((message) => message !== undefined)).toEqual([]);
    expect(follow([1000, 900, 800, 700, 600].map(sized), { force: true })).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
  });
});
