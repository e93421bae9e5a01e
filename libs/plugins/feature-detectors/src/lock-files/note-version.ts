import type { JsonObject } from '@clarion/model';
import type { LockFile } from './lock-file';
import { tablesOf } from './toml';

/** Notes the version of the format, the one member that is given, unless it is absent or `isKnown`. */
export function noteVersion(file: LockFile, member: JsonObject, isKnown: (version: number) => boolean): void {
  for (const [name, version] of Object.entries(member)) {
    if (version === undefined || isKnown(Number(version))) continue;
    const shown = typeof version === 'object' ? 'a list or an object' : JSON.stringify(version).slice(0, 100);
    file.isOfUnknownForm(`${name} is ${shown}`);
  }
}

/** Notes packages that a TOML file has in another array of tables than `member`. */
export function noteOtherTables(file: LockFile, lock: JsonObject, member: string): void {
  const describesPackage = ({ name, version }: JsonObject): boolean => name !== undefined && version !== undefined;
  for (const [other, value] of Object.entries(lock)) {
    if (other !== member && tablesOf(value).some(describesPackage)) {
      file.isOfUnknownForm(`there are packages in ${JSON.stringify(other.slice(0, 100))}`);
    }
  }
}
