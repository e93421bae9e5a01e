import { mayHaveCredentials } from './authorize';

it.each([
  ['https://registry.example/token', 'https://registry.example/', true],
  ['http://127.0.0.1:9000/token', 'http://127.0.0.1:5000/', true],
  ['https://auth.docker.io/token', 'https://registry-1.docker.io/', true],
  ['https://gitlab.example/jwt/auth', 'https://registry.gitlab.example/', true],
  ['https://auth.a.co.uk/', 'https://registry.a.co.uk/', true],
  ['https://auth.b.co.uk/', 'https://registry.a.co.uk/', false],
  ['https://evil.test/token', 'https://registry.example/', false],
  ['https://example.evil.test/', 'https://registry.example.com/', false],
  ['https://evilexample.com/', 'https://example.com/', false],
  ['https://10.0.0.2/token', 'https://10.0.0.1/', false],
  ['https://1.0.0.1/token', 'https://9.9.0.1/', false],
  ['https://localhost/', 'https://example/', false],
  ['https://[::1]/', 'https://[::2]/', false],
])('credentials of %2$s for the realm %1$s: %3$s', (realm, registry, expected) => {
  expect(mayHaveCredentials(new URL(realm), new URL(registry))).toBe(expected);
});
