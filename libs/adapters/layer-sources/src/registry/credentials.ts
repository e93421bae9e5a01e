import { homedir } from 'node:os';
import path from 'node:path';
import { ClarionError } from '@clarion/model';
import { readSmallFile, statOf } from '../files';
import { member, parseBounded, textMember } from '../json';
import { askHelper } from './credential-helper';
import type { CredentialLookup, RegistryAuthentication } from './credential-lookup';

type Environment = Readonly<Record<string, string | undefined>>;

const maxConfigBytes = 1024 * 1024;

/** The path of the Docker configuration: `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`. */
export function dockerConfigPath(env: Environment): string {
  const directory = env['DOCKER_CONFIG'];
  return path.join(
    directory === undefined || directory === '' ? path.join(homedir(), '.docker') : directory,
    'config.json',
  );
}

/**
 * Looks a registry up in the Docker configuration: its own helper, then the general one, then stored credentials. A
 * helper that fails is noted, not thrown: public images need none. Throws `corrupt-data` for a file that is not JSON.
 */
export async function lookUpCredentials(host: string, env: Environment = process.env): Promise<CredentialLookup> {
  const file = dockerConfigPath(env);
  if ((await statOf(file))?.isFile() !== true) return {};
  const config = parseBounded(await readSmallFile(file, maxConfigBytes), file);
  const keys = keysOf(host);
  const [server = host] = keys;
  const stored = storedCredentials(member(config, 'auths'), keys, file);
  const helper = helperOf(config, keys) ?? { name: textMember(config, 'credsStore'), server };
  if (helper.name === undefined) return stored === undefined ? {} : { credentials: stored };
  const asked = await askHelper(helper.name, helper.server, { env });
  return asked.credentials === undefined && stored !== undefined ? { credentials: stored } : asked;
}

/** The helper configured for one registry, with the server name it is configured for. */
function helperOf(config: unknown, keys: readonly string[]): { name: string; server: string } | undefined {
  const helpers = member(config, 'credHelpers');
  for (const server of keys) {
    const name = textMember(helpers, server);
    if (name !== undefined) return { name, server };
  }
  return undefined;
}

/** The spellings under which tools store one registry, the usual one first. */
function keysOf(host: string): readonly string[] {
  if (host === 'docker.io')
    return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];
  return [host, `https://${host}`, `http://${host}`, `https://${host}/`, `https://${host}/v1/`, `https://${host}/v2/`];
}

function storedCredentials(auths: unknown, keys: readonly string[], file: string): RegistryAuthentication | undefined {
  for (const key of keys) {
    const entry = member(auths, key);
    const found = entry === undefined ? undefined : credentialsOf(entry, key, file);
    if (found !== undefined) return found;
  }
  return undefined;
}

function credentialsOf(entry: unknown, key: string, file: string): RegistryAuthentication | undefined {
  const identity = textMember(entry, 'identitytoken');
  if (identity !== undefined) return { kind: 'identity-token', token: identity };
  const registry = textMember(entry, 'registrytoken');
  if (registry !== undefined) return { kind: 'registry-token', token: registry };
  const auth = textMember(entry, 'auth');
  if (auth !== undefined) return decodeAuth(auth, key, file);
  const username = textMember(entry, 'username');
  const password = textMember(entry, 'password');
  return username === undefined || password === undefined ? undefined : { kind: 'password', username, password };
}

function decodeAuth(auth: string, key: string, file: string): RegistryAuthentication {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon <= 0) {
    throw new ClarionError('invalid-input', `The entry for ${key} in ${file} cannot be read`, {
      remedy: `log in again: docker login ${key}`,
    });
  }
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
