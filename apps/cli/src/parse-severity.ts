import { ClarionError, severities, type Severity } from '@clarion/model';

/** A severity in any spelling. Throws `invalid-input`. */
export function parseSeverity(text: string): Severity {
  const found = severities.find((severity) => severity.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new ClarionError('invalid-input', `"${text}" is not a severity`, { remedy: `known: ${severities.join(', ')}` });
}
