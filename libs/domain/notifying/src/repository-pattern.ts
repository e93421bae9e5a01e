/** The characters of repositories in references, and `*`: lower case, no digest, no whitespace. */
const characters = /^[a-z0-9._\-/:[\]*]+$/;

/**
 * The form of a filter's repository that can match references; the same text if it already can, and undefined if no
 * form is similar. References have a registry (`registry.example:5000/team/app`); those of Docker Hub are
 * `docker.io/library/alpine`, in lower case and without tag and digest.
 */
export function meantRepository(pattern: string): string | undefined {
  const text = pattern
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '');
  const plain = withoutTag(text.replace(/@.*$/, ''))
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
  if (!characters.test(plain)) return undefined;
  const [first = '', ...rest] = plain.split('/');
  if (first.includes('*')) return plain;
  const registry = isRegistry(first) ? hubOf(first) : 'docker.io';
  const path = isRegistry(first) ? rest.join('/') : plain;
  if (path === '' || path.endsWith('/')) return `${registry}/${path}*`;
  const isOfficial = registry === 'docker.io' && !path.includes('/') && !path.includes('*');
  return `${registry}/${isOfficial ? 'library/' : ''}${path}`;
}

function withoutTag(text: string): string {
  return text.replace(/(\/[^/]*):[^:/]*$/, '$1').replace(/^([^/:.]+):[^:/]*$/, '$1');
}

function isRegistry(component: string): boolean {
  return /[.:]/.test(component) || component === 'localhost';
}

function hubOf(registry: string): string {
  return /^(?:index|registry-1)\.docker\.io$/.test(registry) ? 'docker.io' : registry;
}
