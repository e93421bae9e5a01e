import { deb822Stanzas, decodeText } from '@clarion/file-formats';
import {
  type DetectedFacts,
  filesWithin,
  type Problem,
  type ScopeEvidence,
  type WantedFile,
  type WorkBudget,
} from '@clarion/model';

/** Services with separate packages. */
const services = new Set(['esm-infra', 'esm-apps', 'fips', 'fips-updates', 'fips-preview', 'realtime-kernel', 'ros']);

/** Services enabled by the status file, or by an apt list with a line that is not commented out. */
export function parseUbuntuPro(files: readonly WantedFile[], budget: WorkBudget): DetectedFacts {
  const evidence: ScopeEvidence[] = [];
  const problems: Problem[] = [];
  for (const { path, content } of filesWithin(files, budget)) {
    const found = path.endsWith('status.json')
      ? enabledServices(decodeText(content))
      : serviceOfSource({ path, content }, budget);
    if (!budget.keep()) break;
    if (found === undefined) problems.push({ code: 'unreadable-evidence', path, message: `${path} cannot be read` });
    else for (const value of found) evidence.push({ kind: 'service', value, path });
  }
  return { evidence, problems };
}

/** @see https://documentation.ubuntu.com/pro-client/en/latest/ (`pro status --format json`) */
function enabledServices(text: string): readonly string[] | undefined {
  try {
    const status = JSON.parse(text) as { readonly attached?: unknown; readonly services?: unknown } | null;
    if (status?.attached !== true || !Array.isArray(status.services)) return [];
    const enabled = status.services
      .filter((one: unknown): one is { name: string } => {
        const { name, status: state } = (one ?? {}) as Readonly<Record<string, unknown>>;
        return state === 'enabled' && typeof name === 'string' && services.has(name);
      })
      .map(({ name }) => name);
    return [...new Set(enabled)];
  } catch {
    return undefined;
  }
}

function serviceOfSource({ path, content }: WantedFile, budget: WorkBudget): readonly string[] {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:list|sources)$/, '');
  const service = file.replace(/^ubuntu-/, '');
  if (!services.has(service)) return [];
  const active = path.endsWith('.sources')
    ? hasActiveStanza(content, budget)
    : /^[ \t]*deb\s/m.test(decodeText(content));
  return active ? [service] : [];
}

function hasActiveStanza(content: Uint8Array, budget: WorkBudget): boolean {
  for (const { fields } of deb822Stanzas(content, { names: new Set(['types', 'enabled']) }, budget)) {
    if (fields.has('types') && fields.get('enabled')?.toLowerCase() !== 'no') return true;
  }
  return false;
}
