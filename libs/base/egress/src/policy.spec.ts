import { ClarionError } from '@clarion/model';
import { createEgress } from './egress';
import { checkUrl, matchesHost, parseUrl, type EgressPolicy } from './policy';

function thrown(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('what may be reached', () => {
  const strict: EgressPolicy = {};
  const personal: EgressPolicy = { privateNetworks: true };
  it.each<[url: string, policy: EgressPolicy]>([
    ['http://registry.example/', strict],
    ['http://registry.example/', personal],
    ['file:///etc/passwd', personal],
    ['ftp://registry.example/', personal],
    ['data:text/plain,x', personal],
    ['gopher://registry.example/', personal],
    ['https://127.0.0.1/', strict],
    ['https://127.1/', strict],
    ['https://0x7f000001/', strict],
    ['https://0177.0.0.1/', strict],
    ['https://2130706433/', strict],
    ['https://127.0.0.1./', strict],
    ['https://[::1]/', strict],
    ['https://[::ffff:127.0.0.1]/', strict],
    ['https://[::ffff:7f00:1]/', strict],
    ['https://[64:ff9b::10.0.0.1]/', strict],
    ['https://[2002:0a00:0001::]/', strict],
    ['https://[::10.0.0.1]/', strict],
    ['https://10.0.0.1/', strict],
    ['https://172.31.255.255/', strict],
    ['https://192.168.0.1/', strict],
    ['https://100.64.0.1/', strict],
    ['https://169.254.169.254/', strict],
    ['https://169.254.169.254/', personal],
    ['https://[::ffff:169.254.169.254]/', personal],
    ['https://[fd00:ec2::254]/', personal],
    ['https://[fe80::1]/', personal],
    ['https://0.0.0.0/', personal],
    ['https://[::]/', personal],
    ['https://224.0.0.1/', personal],
    ['https://255.255.255.255/', personal],
    ['https://[ff02::1]/', personal],
    ['https://registry.example:8443/', { ports: [443] }],
    ['https://other.example/', { onlyHosts: ['*.registry.example'] }],
    ['https://registry.example/', { onlyHosts: ['*.registry.example'] }],
    ['http://10.0.0.1/', personal],
  ])('%s is denied', (url, policy) => {
    expect(
      thrown(() => {
        checkUrl(parseUrl(url), policy);
      }),
    ).toMatchObject({ code: 'egress-denied', retryable: false });
  });

  it.each<[url: string, policy: EgressPolicy, from: string | undefined]>([
    ['https://registry.example/', strict, undefined],
    ['https://8.8.8.8/', strict, undefined],
    ['https://10.0.0.1/', personal, undefined],
    ['http://127.0.0.1:5000/', personal, undefined],
    ['http://localhost:5000/', personal, undefined],
    ['http://[::1]:5000/', personal, 'http://127.0.0.1/'],
    ['http://10.0.0.1/', { ...personal, insecureHosts: ['10.0.0.1'] }, undefined],
    ['http://registry.example:81/', { insecureHosts: ['registry.example:81'] }, 'https://registry.example/'],
    ['https://169.254.169.254/', { allowedNetworks: ['169.254.169.254'] }, undefined],
    ['https://[::ffff:10.0.0.1]/', { allowedNetworks: ['10.0.0.0/8'] }, undefined],
    ['https://10.0.0.1/', { allowedNetworks: ['nonsense', '10.0.0.0/24'] }, undefined],
    ['https://10.0.0.1:5000/', { allowedHosts: ['10.0.0.1:5000'], ports: [443] }, undefined],
    ['https://a.registry.example/', { onlyHosts: ['*.registry.example'] }, undefined],
    ['https://registry.example/', { ports: [443] }, undefined],
  ])('%s is allowed', (url, policy, from) => {
    const check = () => {
      checkUrl(parseUrl(url), policy, from === undefined ? undefined : parseUrl(from));
    };
    expect(thrown(check)).toBeUndefined();
  });

  it('a redirect from https to plain http on loopback is denied', () => {
    const check = () => {
      checkUrl(parseUrl('http://127.0.0.1/'), personal, parseUrl('https://registry.example/'));
    };
    expect(thrown(check)).toMatchObject({ code: 'egress-denied' });
  });

  it.each(['not a url', 'https://user:secret@registry.example/', 'https://', 'https://a b/'])(
    '%s is rejected',
    (url) => {
      const error = thrown(() => parseUrl(url));
      expect(error).toBeInstanceOf(ClarionError);
      expect(error).toMatchObject({ code: 'invalid-input' });
      expect(String(error)).not.toContain('secret');
    },
  );
});

it.each([
  ['*', 'https://anything.example/', true],
  ['registry.example', 'https://registry.example:5000/', true],
  ['Registry.Example', 'https://REGISTRY.example/', true],
  ['registry.example', 'https://registry.example./', true],
  ['registry.example:5000', 'https://registry.example:5000/', true],
  ['registry.example:5000', 'https://registry.example/', false],
  ['registry.example:443', 'https://registry.example/', true],
  ['registry.example:80', 'http://registry.example/', true],
  ['*.example', 'https://a.b.example/', true],
  ['*.example', 'https://example/', false],
  ['*.example', 'https://notexample/', false],
  ['[::1]:5000', 'http://[::1]:5000/', true],
  ['[::1]', 'http://[::1]:5000/', true],
  ['::1', 'http://[::1]:5000/', true],
  ['example', 'https://registry.example/', false],
])('pattern %s covers %s: %s', (pattern, url, expected) => {
  expect(matchesHost(pattern, new URL(url))).toBe(expected);
});

it.each([
  ['10.0.0.0/8', true],
  ['10.0.0.7', true],
  ['fd00::/8', true],
  ['10.0.0.0/99', false],
  ['10.0.0.0/', false],
  ['10.0.0/8', false],
  ['fd00::/129', false],
  ['10.0.0.0/8/8', false],
  ['registry.example', false],
  ['', false],
])('a policy that allows the network %j is one: %s', (network, valid) => {
  const made = thrown(() => createEgress({ allowedNetworks: ['127.0.0.0/8', network] }));
  expect(made).toEqual(valid ? undefined : expect.objectContaining({ code: 'invalid-input' }));
});
