import { deb822Stanzas, decodeText } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { debianSuite, debianTesting, debianUnstable } from '../debian-releases';

/**
 * Evidence that the image follows unstable or testing: all binary packages of the component `main` come from it. A
 * release that has unstable enabled beside its own suite, to take single packages from it, stays that release.
 *
 * @see https://manpages.debian.org/sources.list.5
 */
export function parseAptSources(files: readonly WantedFile[]): readonly NamespaceEvidence[] {
  const found = files.flatMap(({ path, content }) => {
    const text = decodeText(content);
    const suites = path.endsWith('.sources') ? deb822Suites(text) : lineSuites(text);
    return [...new Set(suites)].map((suite) => ({ path, kind: debianSuite(suite) }));
  });
  const known = found.filter(({ kind }) => kind !== undefined);
  const [first] = known;
  if (first === undefined || first.kind === 'released' || known.some(({ kind }) => kind !== first.kind)) return [];
  const id = first.kind === 'unstable' ? debianUnstable : debianTesting;
  return [{ id, packageType: 'dpkg', rank: evidenceRank.refinement, refines: 'debian', path: first.path }];
}

/** Suites of lines `deb [options] uri suite component…` with the component main. */
function lineSuites(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [type, , suite, ...components] = withoutOptions(line).trim().split(/\s+/);
    return type === 'deb' && suite !== undefined && components.includes('main') ? [suite] : [];
  });
}

/** The line without its comment and without the options in brackets, which may hold blanks. */
function withoutOptions(line: string): string {
  const text = line.split('#', 1)[0] ?? '';
  const open = text.indexOf('[');
  const close = text.indexOf(']', open);
  return open < 0 || close < 0 ? text : text.slice(0, open) + text.slice(close + 1);
}

const wantedFields = new Set(['types', 'suites', 'components', 'enabled']);

function deb822Suites(text: string): string[] {
  return [...deb822Stanzas(text, wantedFields)].flatMap(({ fields }) => {
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    const enabled = (fields.get('enabled') ?? 'yes').toLowerCase() !== 'no';
    return enabled && words('types').includes('deb') && words('components').includes('main') ? words('suites') : [];
  });
}
