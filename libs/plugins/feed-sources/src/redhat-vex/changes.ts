import { ClarionError } from '@clarion/model';

/** One line of `changes.csv` or `deletions.csv`. */
export interface DocumentChange {
  /** `2024/cve-2024-1234.json`. */
  readonly path: string;
  /** `CVE-2024-1234`. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const line = /^"?(\d{4}\/(cve-\d{4}-\d{4,19})\.json)"?,"?([0-9T:.Z+-]{10,40})"?$/i;

/**
 * Reads `"2023/cve-2023-6240.json","2024-08-04T10:17:22+00:00"` lines; lines of another form are skipped. Throws
 * `corrupt-data` when no line has this form, unless the list is empty.
 */
export function readChanges(text: string, name: string): readonly DocumentChange[] {
  const changes: DocumentChange[] = [];
  let lines = 0;
  for (const row of text.split('\n')) {
    const trimmed = row.trim();
    if (trimmed === '') continue;
    lines += 1;
    const match = line.exec(trimmed);
    const at = Date.parse(match?.[3] ?? '');
    if (match === null || Number.isNaN(at)) continue;
    changes.push({ path: (match[1] ?? '').toLowerCase(), id: (match[2] ?? '').toUpperCase(), at });
  }
  if (lines > 0 && changes.length === 0) throw new ClarionError('corrupt-data', `${name} lists no documents`);
  return changes;
}
