import type { ProxySettings } from './policy';
import { proxyFor, proxyFromEnvironment } from './proxy';

const settings: ProxySettings = {
  https: 'http://proxy.example:3128',
  http: 'proxy.example:8080',
  none: 'internal.example, .corp.example,*.lab.example other.example:8443 10.0.0.0/8,192.0.2.7',
};

it.each([
  ['https://registry.example/', 'http://proxy.example:3128'],
  ['http://registry.example/', 'http://proxy.example:8080'],
  ['https://internal.example/', undefined],
  ['https://a.internal.example/', undefined],
  ['https://notinternal.example/', 'http://proxy.example:3128'],
  ['https://corp.example/', undefined],
  ['https://a.corp.example/', undefined],
  ['https://x.lab.example/', undefined],
  ['https://other.example/', 'http://proxy.example:3128'],
  ['https://other.example:8443/', undefined],
  ['https://10.9.8.7/', undefined],
  ['https://11.9.8.7/', 'http://proxy.example:3128'],
  ['https://192.0.2.7/', undefined],
  ['https://localhost:5000/', undefined],
  ['https://127.0.0.9/', undefined],
  ['https://[::1]/', undefined],
])('%s goes through %s', (url, expected) => {
  expect(proxyFor(new URL(url), settings)).toBe(expected);
});

it('an asterisk exempts everything', () => {
  expect(proxyFor(new URL('https://registry.example/'), { ...settings, none: '*' })).toBeUndefined();
});

it.each([
  [{}, {}],
  [{ HTTPS_PROXY: '  ' }, {}],
  [
    { HTTPS_PROXY: 'http://a', https_proxy: 'http://b', http_proxy: 'c', NO_PROXY: 'd' },
    { https: 'http://b', http: 'c', none: 'd' },
  ],
])('reads the environment %j', (env, expected) => {
  expect(proxyFromEnvironment(env)).toEqual(expected);
});
