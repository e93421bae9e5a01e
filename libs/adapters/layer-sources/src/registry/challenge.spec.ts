import fc from 'fast-check';
import { parseChallenges } from './challenge';

it.each<[header: string, expected: (readonly [string, Record<string, string>])[]]>([
  ['', []],
  ['Basic realm="test"', [['basic', { realm: 'test' }]]],
  ['Negotiate', [['negotiate', {}]]],
  [
    'Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull"',
    [['bearer', { realm: 'https://auth.example/token', service: 'reg', scope: 'repository:a/b:pull' }]],
  ],
  [
    'Bearer realm="https://auth.example/token",scope="repository:a/b:pull,push repository:c:pull"',
    [['bearer', { realm: 'https://auth.example/token', scope: 'repository:a/b:pull,push repository:c:pull' }]],
  ],
  [
    'Basic realm="a, b", Bearer realm="https://x/t", service="s", Digest nonce="1"',
    [
      ['basic', { realm: 'a, b' }],
      ['bearer', { realm: 'https://x/t', service: 's' }],
      ['digest', { nonce: '1' }],
    ],
  ],
  ['BEARER Realm = "https://x/t" , Service = s', [['bearer', { realm: 'https://x/t', service: 's' }]]],
  ['Bearer realm="a\\"b\\\\c"', [['bearer', { realm: 'a"b\\c' }]]],
  ['Bearer realm="unclosed', [['bearer', { realm: 'unclosed' }]]],
  ['Bearer realm=', [['bearer', { realm: '' }]]],
  ['realm="nobody"', []],
  [',, ,"', []],
  ['Bearer __proto__="x"', [['bearer', JSON.parse('{"__proto__":"x"}') as Record<string, string>]]],
])('%s', (header, expected) => {
  const parsed = parseChallenges(header).map(({ scheme, parameters }) => [scheme, [...parameters]]);
  expect(parsed).toEqual(expected.map(([scheme, parameters]) => [scheme, Object.entries(parameters)]));
});

it('terminates for every text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', ',', '=', ' ', 'a', 'é', '\0') }), (header) => {
      expect(Array.isArray(parseChallenges(header))).toBe(true);
    }),
  );
});

it('is not slow on long headers', () => {
  expect(parseChallenges('a '.repeat(500_000)).length).toBeLessThan(10_000);
});
