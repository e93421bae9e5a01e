import { unquoted } from '../block-yaml';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/**
 * Locks of Yarn 1 (https://classic.yarnpkg.com/lang/en/docs/yarn-lock/) and of later versions, which write YAML. Neither
 * says what is for development only.
 */
export const yarnLock: LockFormat = {
  type: 'npm',
  names: ['yarn.lock'],
  read(file) {
    let entry: Entry | undefined;
    let entries = 0;
    let others = 0;
    for (const line of linesOf(file.text(), file.budget)) {
      if (line === '' || line.startsWith('#')) continue;
      const opened = /^(\S.*):$/.exec(line)?.[1];
      if (opened !== undefined) {
        if (!listed(entry, file)) return;
        entries += 1;
        entry = { descriptor: firstOf(opened) };
      } else if (line.startsWith('  ')) readMember(entry, line);
      else others += 1;
    }
    listed(entry, file);
    if (others > 0 && entries === 0) file.reject('it has no entries of Yarn');
    else if (others > 0) file.note('bad-record', `${others} lines are not those of Yarn`);
  },
};

/** A package while its lines are read. */
interface Entry {
  /** What the first dependency asks for: `name@^1.0.0`. */
  readonly descriptor: string;
  version?: string;
  /** Of later versions: `name@npm:1.0.0`. */
  resolution?: string;
}

/** `a@^1, a@^2` or `"a@^1", "a@^2"`. */
function firstOf(descriptors: string): string {
  const [first = ''] = descriptors.startsWith('"') ? descriptors.slice(1).split('"', 1) : [descriptors];
  return first.split(', ', 1)[0] ?? '';
}

function readMember(entry: Entry | undefined, line: string): void {
  if (entry === undefined) return;
  const member = /^ {2}"?(version|resolution)"?:? (.*)$/.exec(line);
  if (member === null) return;
  const [, key, value = ''] = member;
  entry[key as 'version' | 'resolution'] = unquoted(value.trim());
}

/** Lists what an entry describes, unless it is a directory of the project. False when nothing more can be listed. */
function listed(entry: Entry | undefined, file: LockFile): boolean {
  if (entry === undefined || entry.descriptor === '__metadata') return true;
  const { descriptor, resolution, version } = entry;
  const [name, reference] = splitDescriptor(resolution ?? descriptor);
  if (/^(?:workspace|link|portal):/.test(reference)) return true;
  if (reference.startsWith('file:') && !/\.t(?:ar\.)?gz/.test(reference)) return true;
  // Yarn 1 has no resolution: the alias is in the descriptor.
  const alias = resolution === undefined && reference.startsWith('npm:') ? reference.slice('npm:'.length) : undefined;
  return file.list(alias === undefined ? name : splitDescriptor(alias)[0], version);
}

/** `@scope/name@npm:^1.0.0`: the first `@` may be that of a scope. */
function splitDescriptor(text: string): readonly [name: string, reference: string] {
  const at = text.indexOf('@', 1);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
