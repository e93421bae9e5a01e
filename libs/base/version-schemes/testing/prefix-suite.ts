import type { VersionScheme } from '@clarion/model';
import fc from 'fast-check';

/** No scheme has it in a version. */
const illegal = '/';

/** Whether text after the prefix starts something new and does not write its last number or word on. */
function startsAnew(prefix: string, rest: string): boolean {
  const seam = prefix.slice(-1) + rest.slice(0, 1);
  return !/^(?:\d\d|[A-Za-z]{2})$/.test(seam) && !/^[:!]/.test(rest);
}

/** What `order` says of `text` that must never be said: that it is newer, or, the other way round, older. */
function certainties(scheme: VersionScheme, text: string, invalid: string): readonly (number | undefined)[] {
  return [scheme.order(text, invalid), scheme.order(invalid, text)].filter((order) => order !== undefined && order > 0);
}

/**
 * What `order` must never say of text that is no version, `prefix/…`: anything that does not hold for everything that
 * goes on from the prefix. `versions` are any texts, `inOrder` leaves out those whose native order is not transitive.
 */
export function describeInvalidText(
  scheme: VersionScheme,
  versions: fc.Arbitrary<string>,
  inOrder: (version: string) => boolean,
): void {
  const certain = versions.filter((version) => scheme.isValid(version) && !version.includes(illegal));

  const ordered = certain.filter(inOrder);

  it('is that of the versions for versions', () => {
    fc.assert(
      fc.property(certain, certain, (a, b) => {
        expect(Math.sign(scheme.order(a, b) ?? NaN)).toBe(Math.sign(scheme.compare(a, b)));
      }),
      { numRuns: 300 },
    );
  });

  it('calls nothing newer than text that is no version, or older, that goes on from the same prefix', () => {
    fc.assert(
      fc.property(certain, versions, (prefix, tail) => {
        const continuation = prefix + tail;
        const invalid = `${prefix}${illegal}${tail.includes('-') ? '-' : ''}`;
        fc.pre(startsAnew(prefix, tail) && scheme.isValid(continuation) && !scheme.isValid(invalid));
        // Of something below its own prefix (a pre-release) it may say that it is older.
        expect(certainties(scheme, continuation, invalid)).toEqual([]);
        expect(certainties(scheme, prefix, invalid)).toEqual([]);
        expect(scheme.order(invalid, invalid) ?? 0).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('says older below the prefix, and of two versions never newer of the older one only', () => {
    fc.assert(
      fc.property(ordered, ordered, ordered, (prefix, one, other) => {
        const invalid = `${prefix}${illegal}x`;
        fc.pre(!scheme.isValid(invalid));
        const [low = '', high = ''] = [one, other].toSorted((a, b) => scheme.compare(a, b));
        const [below, above] = [scheme.order(low, invalid), scheme.order(high, invalid)];
        // Where a prefix tells anything at all, what is below it is older.
        if (scheme.order(invalid, invalid) === 0 && scheme.compare(low, prefix) < 0) expect(below).toBe(-1);
        if (scheme.compare(low, prefix) < 0) expect(below ?? -1).toBe(-1);
        if (below !== undefined && below > 0 && scheme.compare(low, high) < 0) expect(above).toBe(1);
        if (above !== undefined && above < 0) expect(below).toBe(-1);
      }),
      { numRuns: 1000 },
    );
  });

  const meaningless = ['', ' ', 'no version/', ',', '1.0,1.1/', '1.0 1.1/', '/1.0', `1.0/${'x'.repeat(300)}`];
  it.each(meaningless.filter((text) => !scheme.isValid(text)))('says nothing about %j', (text) => {
    expect([scheme.order(text, '1.0'), scheme.order('1.0', text), scheme.order(text, text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
}
