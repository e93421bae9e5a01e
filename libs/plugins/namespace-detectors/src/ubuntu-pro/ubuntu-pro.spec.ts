import { testBudget } from '@clarion/test-kit';
import { parseUbuntuPro } from './parse';

function servicesOf(path: string, text: string): readonly string[] | undefined {
  const { evidence = [], problems = [] } = parseUbuntuPro([{ path, content: Buffer.from(text) }], testBudget());
  return problems.length > 0 ? undefined : evidence.map(({ value }) => value);
}

const status = 'var/lib/ubuntu-advantage/status.json';
const source = (name: string) => `etc/apt/sources.list.d/${name}`;

describe('Ubuntu Pro', () => {
  it.each([
    [status, '{"attached":true,"services":[{"name":"esm-infra","status":"enabled"}]}', ['esm-infra']],
    [status, '{"attached":false,"services":[{"name":"esm-infra","status":"enabled"}]}', []],
    [status, '{"attached":true,"services":[{"name":"esm-infra","status":"n/a"}]}', []],
    [status, '{"attached":true,"services":[{"name":"livepatch","status":"enabled"},null,1]}', []],
    [status, '{"attached":true,"services":{}}', []],
    [status, 'null', []],
    [status, '{', undefined],
    [
      source('ubuntu-esm-infra.list'),
      'deb https://esm.ubuntu.com/infra/ubuntu focal-infra-security main',
      ['esm-infra'],
    ],
    [source('ubuntu-esm-infra.list'), '# deb https://esm.ubuntu.com/infra/ubuntu focal-infra-security main', []],
    [source('ubuntu-esm-infra.list'), '', []],
    [source('ubuntu-esm-apps.sources'), 'Types: deb\nURIs: https://esm.ubuntu.com/apps/ubuntu\n', ['esm-apps']],
    [source('ubuntu-esm-apps.sources'), 'Enabled: no\nTypes: deb\n', []],
    [source('ubuntu-fips-updates.list'), 'deb https://esm.ubuntu.com/fips-updates/ubuntu focal main', ['fips-updates']],
    [source('ubuntu-esm-else.list'), 'deb https://example.org/ focal main', []],
  ])('%s with %j enables %j', (path, text, expected) => {
    expect(servicesOf(path, text)).toEqual(expected);
  });

  it.each(['esm-infra', 'esm-apps', 'fips', 'fips-updates', 'fips-preview', 'realtime-kernel', 'ros'])(
    'takes packages from %s',
    (name) => {
      expect(servicesOf(status, JSON.stringify({ attached: true, services: [{ name, status: 'enabled' }] }))).toEqual([
        name,
      ]);
    },
  );
});
