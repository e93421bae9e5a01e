import { decodeText } from '@clarion/file-formats';
import type { ScopeEvidence, WantedFile } from '@clarion/model';

const section = /^\[(amzn2extra-[\w.-]{1,100})\]$/;

/** The enabled sections of a yum configuration (INI), such as `amzn2extra-nginx1`. */
export function enabledTopics({ path, content }: WantedFile): readonly ScopeEvidence[] {
  const enabled = new Map<string, boolean>();
  let current: string | undefined;
  for (const raw of decodeText(content).split('\n')) {
    const line = raw.trim();
    if (line.startsWith('[')) {
      current = section.exec(line)?.[1];
      // yum enables a repository by default.
      if (current !== undefined) enabled.set(current, true);
    } else if (current !== undefined) {
      const value = /^enabled\s*=\s*(\S+)/i.exec(line)?.[1];
      if (value !== undefined) enabled.set(current, ['1', 'true', 'yes', 'on'].includes(value.toLowerCase()));
    }
  }
  return [...enabled].flatMap(([value, on]) => (on ? [{ kind: 'repository', value, path } as const] : []));
}
