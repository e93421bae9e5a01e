import { ClarionError } from '@clarion/model';

/** Path segments of a document name; throws `invalid-input` for names that could leave the feed's base. */
export function pathSegments(path: string): readonly string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (path.startsWith('/') || path.length > 1024 || !segments.every(isPlainName)) {
    throw new ClarionError('invalid-input', `"${path.slice(0, 200)}" is not a document of a feed`);
  }
  return segments;
}

/** Whether `name` is a single path component that stays inside its folder. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\u0000-\u001f]/.test(name);
}
