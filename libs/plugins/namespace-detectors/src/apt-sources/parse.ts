import { deb822Stanzas, decodeText } from '@clarion/file-formats';
import { evidenceRank, filesWithin, type NamespaceEvidence, type WantedFile, type WorkBudget } from '@clarion/model';
import { debianSuite, debianTesting, debianUnstable } from '../debian-releases';

/**
 * Evidence that the image follows unstable or testing: all binary packages of the component `main` come from it. A
 * release that also enables unstable, to take single packages from it, stays that release.
 *
 * @see https://manpages.debian.org/sources.list.5
 */
export function parseAptSources(files: readonly WantedFile[], budget: WorkBudget): readonly NamespaceEvidence[] {
  let first: { readonly path: string; readonly kind: ReturnType<typeof debianSuite> } | undefined;
  for (const { path, content } of filesWithin(files, budget)) {
    const suites = path.endsWith('.sources') ? deb822Suites(content, budget) : lineSuites(content, budget);
    for (const suite of suites) {
      const kind = debianSuite(suite);
      if (kind === undefined) continue;
      if (kind === 'released' || kind !== (first?.kind ?? kind)) return [];
      first ??= { path, kind };
    }
  }
  if (first === undefined) return [];
  const id = first.kind === 'unstable' ? debianUnstable : debianTesting;
  return [{ id, packageType: 'dpkg', rank: evidenceRank.refinement, refines: 'debian', path: first.path }];
}

/** Suites of lines `deb [options] uri suite component…` with the component main. */
function* lineSuites(content: Uint8Array, budget: WorkBudget): Generator<string> {
  for (const line of decodeText(content).split('\n')) {
    if (!budget.spend(1)) return;
    const [type, , suite, ...components] = withoutOptions(line).trim().split(/\s+/);
    if (type === 'deb' && suite !== undefined && components.includes('main')) yield suite;
  }
}

/** The line without its comment and without the options in brackets, which may contain blanks. */
function withoutOptions(line: string): string {
  const text = line.split('#', 1)[0] ?? '';
  const open = text.indexOf('[');
  const close = text.indexOf(']', open);
  return open < 0 || close < 0 ? text : text.slice(0, open) + text.slice(close + 1);
}

const fieldsToRead = new Set(['types', 'suites', 'components', 'enabled']);

function* deb822Suites(content: Uint8Array, budget: WorkBudget): Generator<string> {
  for (const { fields } of deb822Stanzas(content, { names: fieldsToRead }, budget)) {
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    const enabled = (fields.get('enabled') ?? 'yes').toLowerCase() !== 'no';
    if (enabled && words('types').includes('deb') && words('components').includes('main')) yield* words('suites');
  }
}
