import { deb822Stanzas, decodeText } from '@clarion/file-formats';
import type { Detected, Problem, ScopeEvidence, WantedFile } from '@clarion/model';

/** Services that bring packages of their own. */
const services = new Set(['esm-infra', 'esm-apps', 'fips', 'fips-updates', 'fips-preview', 'realtime-kernel', 'ros']);

/** Services that are enabled by the status file, or by a list of packages that is not commented out. */
export function parseUbuntuPro(files: readonly WantedFile[]): Detected {
  const evidence: ScopeEvidence[] = [];
  const problems: Problem[] = [];
  for (const { path, content } of files) {
    const text = decodeText(content);
    const found = path.endsWith('status.json') ? enabledServices(text) : serviceOfSource(path, text);
    if (found === undefined) problems.push({ code: 'unreadable-evidence', path, message: `${path} cannot be read` });
    else evidence.push(...found.map((value) => ({ kind: 'service' as const, value, path })));
  }
  return { evidence, problems };
}

/** @see https://documentation.ubuntu.com/pro-client/en/latest/ (`pro status --format json`) */
function enabledServices(text: string): readonly string[] | undefined {
  try {
    const status = JSON.parse(text) as { readonly attached?: unknown; readonly services?: unknown } | null;
    if (status?.attached !== true || !Array.isArray(status.services)) return [];
    return status.services
      .filter((one: unknown): one is { name: string } => {
        const { name, status: state } = (one ?? {}) as Readonly<Record<string, unknown>>;
        return state === 'enabled' && typeof name === 'string' && services.has(name);
      })
      .map(({ name }) => name);
  } catch {
    return undefined;
  }
}

function serviceOfSource(path: string, text: string): readonly string[] {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:list|sources)$/, '');
  const service = file.replace(/^ubuntu-/, '');
  if (!services.has(service)) return [];
  const active = path.endsWith('.sources') ? hasActiveStanza(text) : /^\s*deb\s/m.test(text);
  return active ? [service] : [];
}

function hasActiveStanza(text: string): boolean {
  for (const { fields } of deb822Stanzas(text, new Set(['types', 'enabled']))) {
    if (fields.has('types') && fields.get('enabled')?.toLowerCase() !== 'no') return true;
  }
  return false;
}
