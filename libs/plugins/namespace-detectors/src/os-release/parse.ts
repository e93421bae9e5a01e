import { distributions } from '@clarion/distributions';
import { decodeText, shellAssignments } from '@clarion/file-formats';
import {
  type DetectedFacts,
  evidenceRank,
  type NamespaceEvidence,
  type PackageType,
  type Problem,
  type WantedFile,
} from '@clarion/model';
import { namespaceOf, usableVersion } from '../distros';

/** Parses an os-release file. An empty file has no result and is not a problem; a file without an id is a problem. */
export function parseOsRelease({ path, content }: WantedFile): DetectedFacts {
  const text = decodeText(content);
  if (text.trim() === '') return {};
  const values = shellAssignments(text);
  const value = (key: string): string => values.get(key) ?? '';
  const id = value('ID').toLowerCase();
  // BusyBox and scratch images with a hand-made file: without an id, it identifies nothing.
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
  // usr/lib has the vendor's file; a file in etc that is not a link to it was added to replace it.
  const rank = path.startsWith('etc/') ? evidenceRank.osRelease : evidenceRank.osRelease - 1;
  return namespace === undefined ? {} : { namespaces: [{ ...namespace, rank, path }] };
}

function badRelease(path: string, message: string): Problem {
  return { code: 'bad-release-file', path, message: `The os-release file ${message}` };
}

/** Words of `ID_LIKE` by the package manager that they imply; they imply nothing else. */
const packageTypes: ReadonlyMap<string, PackageType> = new Map(
  distributions.flatMap(({ otherNames = [], packageType, recognised }) =>
    [...otherNames, ...recognised.flatMap(({ ids }) => ids)].map((id) => [id, packageType] as const),
  ),
);

/**
 * A distribution that is not in the table, under its own name. Its packages must not be matched as those of the
 * distribution it derives from, although it often still has the release files of that distribution.
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
