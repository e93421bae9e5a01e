import { isDeepStrictEqual } from 'node:util';
import type { Advisory, AdvisoryGroup } from '@clarion/model';
import fc from 'fast-check';
import { canonical, fingerprint, meaning, meaningOf, advisoryCount, wordingOf } from './fingerprint';

const advisory: Advisory = {
  id: 'CVE-2024-0001',
  aliases: ['GHSA-1', 'XSA-2'],
  state: 'fixed',
  ranges: [{ introduced: '1.0', fixed: '1.2' }],
  severity: 'High',
  scope: { architectures: ['amd64', 'arm64'], cpes: ['cpe:/a', 'cpe:/b'], module: 'm:1' },
};

function group(...advisories: readonly Advisory[]): AdvisoryGroup {
  return { namespace: 'n', package: 'p', feed: 'f', document: 'd', nameKind: 'source', scheme: 'dpkg', advisories };
}

const original = fingerprint(group(advisory));

describe('fingerprint', () => {
  it.each<[string, AdvisoryGroup]>([
    ['id', group({ ...advisory, id: 'CVE-2024-0002' })],
    ['aliases', group({ ...advisory, aliases: ['GHSA-1'] })],
    ['state', group({ ...advisory, state: 'affected' })],
    ['fixed version', group({ ...advisory, ranges: [{ introduced: '1.0', fixed: '1.3' }] })],
    ['kind of the end', group({ ...advisory, ranges: [{ introduced: '1.0', lastAffected: '1.2' }] })],
    ['limit', group({ ...advisory, ranges: [{ introduced: '1.0', limit: '1.2' }] })],
    ['severity', group({ ...advisory, severity: 'Low' })],
    ['architectures', group({ ...advisory, scope: { ...advisory.scope, architectures: ['amd64'] } })],
    ['channel', group({ ...advisory, scope: { ...advisory.scope, channel: 'esm-infra' } })],
    ['flavour', group({ ...advisory, scope: { ...advisory.scope, flavour: 'fips' } })],
    ['origin', group({ ...advisory, scope: { ...advisory.scope, origin: 'extras' } })],
    ['import', group({ ...advisory, imports: [{ path: 'a' }] })],
    ['single versions', group({ ...advisory, versions: ['1.1'] })],
    ['class', group({ ...advisory, kind: 'malicious' })],
    ['kind of name of one advisory', group({ ...advisory, nameKind: 'binary' })],
    ['rule for epochs of one advisory', group({ ...advisory, epochs: 'auto' })],
    ['one advisory more', group(advisory, { ...advisory, id: 'CVE-2024-0002' })],
    ['rule for epochs', { ...group(advisory), epochs: 'auto' }],
    ['scheme', { ...group(advisory), scheme: 'apk' }],
    ['kind of name', { ...group(advisory), nameKind: 'binary' }],
  ])('differs in meaning: another %s', (_, changed) => {
    expect(meaningOf(fingerprint(changed))).not.toBe(meaningOf(original));
  });

  it.each<[string, Advisory]>([
    ['reason', { ...advisory, reason: 'postponed: Minor issue' }],
    ['link', { ...advisory, links: ['https://example.org/'] }],
    ['word for the severity', { ...advisory, vendorSeverity: 'high' }],
    ['bulletin', { ...advisory, advisory: 'DSA-1-1' }],
    ['date', { ...advisory, published: '2024-05-06' }],
  ])('rule 18: differs in wording only: another %s', (_, changed) => {
    const print = fingerprint(group(changed));
    expect(meaningOf(print)).toBe(meaningOf(original));
    expect(print).not.toBe(original);
  });

  it('does not depend on any order', () => {
    const other: Advisory = { state: 'affected', id: 'CVE-2024-0002' };
    const shuffled: Advisory = {
      scope: { module: 'm:1', cpes: ['cpe:/b', 'cpe:/a'], architectures: ['arm64', 'amd64'] },
      severity: 'High',
      ranges: [{ fixed: '1.2', introduced: '1.0' }],
      state: 'fixed',
      aliases: ['XSA-2', 'GHSA-1'],
      id: 'CVE-2024-0001',
    };
    expect(fingerprint(group(other, shuffled))).toBe(fingerprint(group(advisory, other)));
  });

  it('counts advisories', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), (ids) => {
        const print = fingerprint(group(...ids.map((id) => ({ id, state: 'affected' as const }))));
        expect(advisoryCount(print)).toBe(ids.length);
      }),
    );
    expect(advisoryCount('of another format')).toBe(0);
  });
});

describe('canonical', () => {
  it('keeps each advisory once, in one order', () => {
    const other: Advisory = { id: 'CVE-2023-1', state: 'affected' };
    const worded: Advisory = { ...advisory, reason: 'why' };
    const given = [worded, advisory, other, { ...other }, advisory];
    for (const advisories of [given, [...given].reverse()]) {
      expect(canonical(group(...advisories)).group.advisories).toEqual([other, advisory, worded]);
      expect(advisoryCount(fingerprint(group(...advisories)))).toBe(3);
    }
  });
});

describe('meaning', () => {
  const words = fc.constantFrom('', '-', '1', '1:', '0;', '1:1', '\n', 'fixed');
  const texts = fc.array(words, { maxLength: 2 });
  const one: fc.Arbitrary<Advisory> = fc.record(
    {
      id: words,
      state: fc.constantFrom('fixed' as const, 'affected' as const),
      aliases: texts,
      versions: texts,
      ranges: fc.array(fc.record({ introduced: words, fixed: words }, { requiredKeys: [] }), { maxLength: 2 }),
      scope: fc.record({ architectures: texts, module: words, channel: words }, { requiredKeys: [] }),
      nameKind: fc.constant('binary' as const),
      kind: fc.constant('malicious' as const),
    },
    { requiredKeys: ['id', 'state'] },
  );

  /** An absent list and an empty list mean the same, except for single versions. */
  function plainly({ aliases = [], ranges = [], versions, scope, ...rest }: Advisory): unknown {
    const architectures = [...(scope?.architectures ?? [])].sort();
    const ends = ranges.map(({ introduced, fixed }) => [introduced, fixed]);
    const scoped = scope === undefined ? undefined : [architectures, scope.module, scope.channel];
    const rare = rest.nameKind ?? rest.kind ?? versions;
    const listed = rare === undefined ? undefined : [...(versions ?? [])].sort();
    return [rest.id, rest.state, rest.nameKind, rest.kind, [...aliases].sort(), ends, listed, scoped];
  }

  it('is the same for two advisories exactly when they have the same content', () => {
    fc.assert(
      fc.property(one, one, (a, b) => {
        expect(meaning(a) === meaning(b)).toBe(isDeepStrictEqual(plainly(a), plainly(b)));
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[Partial<Advisory>, Partial<Advisory>]>([
    [{ aliases: ['a', 'b'] }, { aliases: ['a1:b'] }],
    [{ aliases: ['-'] }, { aliases: [] }],
    [{ ranges: [{ fixed: '1' }] }, { ranges: [{ lastAffected: '1' }] }],
    [{ scope: {} }, { versions: [] }],
  ])('distinguishes %j from %j', (a, b) => {
    const plain: Advisory = { id: 'CVE-2024-0001', state: 'fixed' };
    expect(meaning({ ...plain, ...a })).not.toBe(meaning({ ...plain, ...b }));
  });
});

describe('wordingOf', () => {
  const text = { feed: 'f', id: 'CVE-2024-0001', description: 'Text', cvss: [{ source: 'nvd', vector: 'v' }] };

  it.each([
    ['description', { ...text, description: 'Other' }],
    ['severity', { ...text, severity: 'Low' as const }],
    ['CVSS', { ...text, cvss: [] }],
    ['links', { ...text, links: ['https://example.org/'] }],
    ['aliases', { ...text, aliases: ['GHSA-1'] }],
    ['weight of a score', { ...text, cvss: [{ source: 'nvd', vector: 'v', primary: true }] }],
    ['assigner of a score', { ...text, cvss: [{ source: 'nvd', vector: 'v', cna: true }] }],
    ['weakness', { ...text, cwes: ['CWE-79'] }],
    ['probability', { ...text, epss: { score: 0.1, percentile: 0.2, date: '2026-01-01' } }],
    ['entry of exploited flaws', { ...text, knownExploited: { dateAdded: '2026-01-01', ransomware: false } }],
    ['date', { ...text, published: '2026-01-01' }],
    ['rejection', { ...text, rejected: true }],
  ])('differs for another %s', (_, changed) => {
    expect(wordingOf(changed)).not.toBe(wordingOf(text));
  });

  it.each([
    ['score', { score: 0.2, percentile: 0.5, date: '2026-01-02' }, false],
    ['rank that is given now', { score: 0.1, date: '2026-01-01' }, false],
    ['rank or day alone', { score: 0.1, percentile: 0.6, date: '2026-01-02' }, true],
  ])('treats a probability with another %s as equal: %j', (_, epss, same) => {
    const before = wordingOf({ ...text, epss: { score: 0.1, percentile: 0.5, date: '2026-01-01' } });
    expect(wordingOf({ ...text, epss }) === before).toBe(same);
  });
});
