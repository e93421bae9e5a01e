import { posix } from 'node:path';
import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Locks of Gradle (https://docs.gradle.org/current/userguide/dependency_locking.html): only tests are left out. */
export const gradleLock: LockFormat = {
  type: 'maven',
  names: ['gradle.lockfile', 'buildscript-gradle.lockfile', 'settings-gradle.lockfile', 'dependency-locks/*.lockfile'],
  read(file) {
    let others = 0;
    // Before Gradle 6.8 each configuration had a file of its name.
    const ofFile = posix.basename(file.file.path, '.lockfile');
    for (const line of linesOf(file.text(), file.budget)) {
      const text = line.trim();
      if (text === '' || text.startsWith('#') || text.startsWith('empty=')) continue;
      const [, group, artifact, version, configurations = ofFile] =
        /^([^:=]+):([^:=]+):([^:=]+)(?:=(.*))?$/.exec(text) ?? [];
      if (group === undefined || artifact === undefined) others += 1;
      else if (isForTests(configurations)) continue;
      else if (!file.list(`${group}:${artifact}`, version)) return;
    }
    if (others > 0) file.note('bad-record', `${others} lines are not locked modules`);
  },
};

function isForTests(configurations: string): boolean {
  return configurations.split(',').every((name) => name.startsWith('test'));
}
