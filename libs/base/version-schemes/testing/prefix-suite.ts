import type { VersionScheme } from '@clarion/model';
import fc from 'fast-check';

/** No scheme allows it in a version. */
const illegal = '/';

/** Whether the text after the prefix starts a new token and does not continue its last number or word. */
function startsNewToken(prefix: string, rest: string): boolean {
  const seam = prefix.slice(-1) + rest.slice(0, 1);
  return !/^(?:\d\d|[A-Za-z]{2})$/.test(seam) && !/^[:!]/.test(rest);
}

/** Results of `order` for `text` that are never allowed: that it is newer, or, the other way round, older. */
function certainties(scheme: VersionScheme, text: string, invalid: string): readonly (number | undefined)[] {
  return [scheme.order(text, invalid), scheme.order(invalid, text)].filter((order) => order !== undefined && order > 0);
}

/**
 * What `order` must never say about text that is not a valid version, `prefix/…`: anything that is not true of
 * everything that continues the prefix. `versions` are any texts, `inOrder` leaves out those whose native order is not
 * transitive.
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

  it('calls no continuation of the same prefix newer, or older, than text that is not a version', () => {
    fc.assert(
      fc.property(certain, versions, (prefix, tail) => {
        const continuation = prefix + tail;
        const invalid = `${prefix}${illegal}${tail.includes('-') ? '-' : ''}`;
        fc.pre(startsNewToken(prefix, tail) && scheme.isValid(continuation) && !scheme.isValid(invalid));
        // It may say that something below its own prefix (a pre-release) is older.
        expect(certainties(scheme, continuation, invalid)).toEqual([]);
        expect(certainties(scheme, prefix, invalid)).toEqual([]);
        expect(scheme.order(invalid, invalid) ?? 0).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('says older below the prefix, and of two versions never newer for the older one only', () => {
    fc.assert(
      fc.property(ordered, ordered, ordered, (prefix, one, other) => {
        const invalid = `${prefix}${illegal}x`;
        fc.pre(!scheme.isValid(invalid));
        const [low = '', high = ''] = [one, other].toSorted((a, b) => scheme.compare(a, b));
        const [below, above] = [scheme.order(low, invalid), scheme.order(high, invalid)];
        // Where the scheme orders a prefix at all, versions below it are older.
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
