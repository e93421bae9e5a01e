import { isObject, type JsonObject } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';

/** Resolved packages of Swift (https://www.swift.org/documentation/package-manager/), versions 1 to 3. */
export const swiftLock: LockFormat = {
  type: 'swift',
  names: ['Package.resolved'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const { object } = lock;
    const pins = isObject(object) ? object['pins'] : lock['pins'];
    if (!Array.isArray(pins)) {
      file.reject('it has no list of pins');
      return;
    }
    for (const pin of pins as readonly unknown[]) if (!listed(isObject(pin) ? pin : {}, file)) return;
  },
};

function listed({ location, repositoryURL, identity, state, kind }: JsonObject, file: LockFile): boolean {
  if (kind === 'localSourceControl' || kind === 'fileSystem') return true;
  const address = location ?? repositoryURL;
  const name = typeof address === 'string' && address !== '' ? repositoryName(address) : identity;
  const version = isObject(state) ? state['version'] : undefined;
  if (version !== undefined && version !== null) return file.list(name, version);
  // A branch or a revision.
  file.listVague(name);
  return true;
}

/** `https://github.com/owner/name.git` and `git@github.com:owner/name` are both `github.com/owner/name`. */
function repositoryName(address: string): string {
  return address
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?!\d)/, '$1/')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}
