import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { askHelper } from './credential-helper';
import { dockerConfigPath, lookUpCredentials } from './credentials';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-credentials-'));
  mkdirSync(path.join(directory, 'bin'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Helpers are searched for in our folder first. */
function environment(): Record<string, string | undefined> {
  const search = `${path.join(directory, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return { DOCKER_CONFIG: directory, PATH: search };
}

function lookUp(host: string, config: unknown) {
  writeFileSync(path.join(directory, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return lookUpCredentials(host, environment());
}

function helper(name: string, script: string): void {
  const file = path.join(directory, 'bin', `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const password = (username: string, secret: string) => ({
  credentials: { kind: 'password', username, password: secret },
});
const hub = 'https://index.docker.io/v1/';

it.each<[name: string, host: string, auths: Record<string, unknown>, expected: unknown]>([
  ['auth', 'reg.example', { 'reg.example': { auth: base64('alice:s3:cret') } }, password('alice', 's3:cret')],
  ['a URL as key', 'reg.example', { 'https://reg.example/v1/': { auth: base64('a:b') } }, password('a', 'b')],
  ['a port', 'reg.example:5000', { 'reg.example:5000': { auth: base64('a:b') } }, password('a', 'b')],
  ['another port', 'reg.example:5001', { 'reg.example:5000': { auth: base64('a:b') } }, {}],
  ['Docker Hub', 'docker.io', { [hub]: { auth: base64('a:b') } }, password('a', 'b')],
  ['user name and password', 'r.example', { 'r.example': { username: 'a', password: 'b' } }, password('a', 'b')],
  [
    'an identity token beside auth',
    'r.example',
    { 'r.example': { auth: base64('a:'), identitytoken: 'id' } },
    { credentials: { kind: 'identity-token', token: 'id' } },
  ],
  [
    'a registry token',
    'r.example',
    { 'r.example': { registrytoken: 'jwt' } },
    { credentials: { kind: 'registry-token', token: 'jwt' } },
  ],
  ['an empty entry', 'r.example', { 'r.example': {} }, {}],
  ['no entry', 'r.example', {}, {}],
  ['a name from Object.prototype', '__proto__', {}, {}],
])('stored credentials: %s', async (_name, host, auths, expected) => {
  expect(await lookUp(host, { auths })).toEqual(expected);
});

it('an entry that cannot be decoded is reported', async () => {
  const config = { auths: { 'r.example': { auth: base64('no colon') } } };
  await expect(lookUp('r.example', config)).rejects.toMatchObject({ code: 'invalid-input' });
});

it('a configuration that is not JSON is reported', async () => {
  await expect(lookUp('r.example', '{')).rejects.toMatchObject({ code: 'corrupt-data' });
});

it('no configuration, no credentials', async () => {
  expect(await lookUpCredentials('r.example', { DOCKER_CONFIG: path.join(directory, 'absent') })).toEqual({});
});

it.each([
  [{}, path.join(homedir(), '.docker', 'config.json')],
  [{ DOCKER_CONFIG: '' }, path.join(homedir(), '.docker', 'config.json')],
  [{ DOCKER_CONFIG: '/etc/docker' }, path.join('/etc/docker', 'config.json')],
])('the path for %j', (env, expected) => {
  expect(dockerConfigPath(env)).toBe(expected);
});

describe('helpers', () => {
  const answer = `cat > "$0.asked"; echo '{"ServerURL":"x","Username":"alice","Secret":"s3cret"}'`;

  it('the general one is used for the server', async () => {
    helper('store', `read server; echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"`);
    expect(await lookUp('docker.io', { credsStore: 'store' })).toEqual(password(hub, 's'));
    expect(await lookUp('r.example:5000', { credsStore: 'store' })).toEqual(password('r.example:5000', 's'));
  });

  it('one of the registry wins over the general one and over stored credentials', async () => {
    helper('own', answer);
    helper('store', 'exit 1');
    const auths = { 'r.example': { auth: base64('a:b') } };
    const config = { credsStore: 'store', credHelpers: { 'r.example': 'own' }, auths };
    expect(await lookUp('r.example', config)).toEqual(password('alice', 's3cret'));
  });

  it.each<[name: string, script: string, expected: unknown]>([
    [
      'a token',
      `echo '{"Username":"<token>","Secret":"id"}'`,
      { credentials: { kind: 'identity-token', token: 'id' } },
    ],
    ['nothing stored', 'echo "credentials not found in native keychain"; exit 1', {}],
    ['an empty answer', `echo '{"Username":"","Secret":""}'`, {}],
    ['a failure', 'echo "keychain is locked"; exit 1', { note: 'docker-credential-x failed: keychain is locked' }],
    ['no JSON', 'echo hello', { note: 'The answer of docker-credential-x is not JSON' }],
    ['too much', 'yes', { note: 'docker-credential-x answered too much' }],
  ])('%s', async (_name, script, expected) => {
    helper('x', script);
    expect(await lookUp('r.example', { credsStore: 'x' })).toEqual(expected);
  });

  it('one that is not installed is noted; stored credentials still work', async () => {
    const auths = { 'r.example': { auth: base64('a:b') } };
    expect(await lookUp('r.example', { credsStore: 'gone', auths })).toEqual(password('a', 'b'));
    expect(await lookUp('r.example', { credsStore: 'gone' })).toEqual({
      note: 'docker-credential-gone is not installed',
    });
  });

  it('a name that is a path is rejected', async () => {
    expect((await lookUp('r.example', { credsStore: '../../bin/sh' })).note).toContain('no proper name');
  });

  it('one that hangs is ended', async () => {
    helper('slow', 'exec sleep 60');
    expect(await askHelper('slow', 'r.example', { env: environment(), millis: 100 })).toEqual({
      note: 'docker-credential-slow did not answer in time',
    });
  });
});
