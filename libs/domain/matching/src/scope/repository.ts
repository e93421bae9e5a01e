import { distributionOf } from '@clarion/distributions';
import { type Applicability, applies, type ScopeSubject } from './applicability';

export const otherRepository: Applicability = { kind: 'other', reason: 'about packages of another repository' };
export const unknownRepository: Applicability = {
  kind: 'undetermined',
  reason: 'origin repository of the package is not known',
};

/** Whether a package is from the repository that an advisory is about; where the image does not show it, `unknown`. */
export function checkRepository(
  required: string | undefined,
  { feature, image }: ScopeSubject,
  unknown: Applicability = unknownRepository,
): Applicability {
  if (required === undefined) return applies;
  if (feature.repository !== undefined) return isRepository(feature.repository, required) ? applies : otherRepository;
  if (!image.repositoriesKnown && image.repositories.size === 0) return unknown;
  return [...image.repositories].some((one) => isRepository(one, required)) ? applies : otherRepository;
}

/** Repository ids carry the distribution's name in front: `amazonlinux-nvidia`. */
export function isRepository(id: string, name: string): boolean {
  return id === name || id.endsWith(`-${name}`);
}

/**
 * The packages with separate names in a repository of the namespace's distribution; undefined for a repository whose
 * packages have the same names as those of the core.
 */
export function ownNamesOf(namespace: string, repository: string): ((name: string) => boolean) | undefined {
  const own = distributionOf(namespace)?.ownNames?.find(({ repositories }) => repositories.includes(repository));
  return own === undefined ? undefined : (name) => own.name.test(name);
}
