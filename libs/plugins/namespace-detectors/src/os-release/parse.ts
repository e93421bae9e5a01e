import { distributions } from '@clarion/distributions';
import { decodeText, shellAssignments } from '@clarion/file-formats';
import {
  type Detected,
  evidenceRank,
  type NamespaceEvidence,
  type PackageSystem,
  type Problem,
  type WantedFile,
} from '@clarion/model';
import { namespaceOf, usableVersion } from '../distros';

/** What an os-release file says. An empty one says nothing, which is no problem; one without an id is. */
export function parseOsRelease({ path, content }: WantedFile): Detected {
  const text = decodeText(content);
  if (text.trim() === '') return {};
  const values = shellAssignments(text);
  const value = (key: string): string => values.get(key) ?? '';
  const id = value('ID').toLowerCase();
  // BusyBox and scratch images with a hand-made file: without an id nothing follows from it.
  if (!/^[a-z0-9._-]{1,64}$/.test(id)) return { problems: [badRelease(path, 'has no usable ID')] };
  const release = {
    id,
    version: value('VERSION_ID'),
    name: value('NAME'),
    prettyName: value('PRETTY_NAME'),
    codename: value('VERSION_CODENAME'),
  };
  const found = namespaceOf(release);
  if (found === 'unversioned') return { problems: [badRelease(path, `has no usable VERSION_ID for ${id}`)] };
  const namespace = found ?? otherDistro(release, value('ID_LIKE'));
  // usr/lib holds the vendor's file; one in etc that is no link to it was put there to be read instead.
  const rank = path.startsWith('etc/') ? evidenceRank.osRelease : evidenceRank.osRelease - 1;
  return namespace === undefined ? {} : { namespaces: [{ ...namespace, rank, path }] };
}

function badRelease(path: string, message: string): Problem {
  return { code: 'bad-release-file', path, message: `The os-release file ${message}` };
}

/** Words of `ID_LIKE` by the package manager that follows from them; they never say more than that. */
const packageTypes: ReadonlyMap<string, PackageSystem> = new Map(
  distributions.flatMap(({ otherNames = [], packageType, recognised }) =>
    [...otherNames, ...recognised.flatMap(({ ids }) => ids)].map((id) => [id, packageType] as const),
  ),
);

/**
 * A distribution that is not in the table, under its own name: its packages must not be taken for those of the
 * distribution it derives from, whose release files it often still carries.
 */
function otherDistro(
  { id, version }: { id: string; version: string },
  idLike: string,
): Omit<NamespaceEvidence, 'rank' | 'path'> | undefined {
  const packageType = idLike
    .split(' ')
    .map((like) => packageTypes.get(like))
    .find((type) => type !== undefined);
  if (packageType === undefined) return undefined;
  const usable = usableVersion(version);
  return { id: usable === undefined ? id : `${id}:${usable}`, packageType };
}
