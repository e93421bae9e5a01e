import { decodeText } from '@clarion/file-formats';
import type { WorkBudget } from '@clarion/model';

/** The text of a file. PowerShell writes what it redirects (`pip freeze > requirements.txt`) in UTF-16. */
export function decodeLockText(content: Uint8Array): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(content);
  return decodeText(content);
}

/** Lines without their ends; one step each. */
export function* linesOf(text: string, budget: WorkBudget): Generator<string> {
  for (let at = 0; at < text.length && budget.spend(1);) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, text.charCodeAt(end - 1) === 0x0d && end > at ? end - 1 : end);
    at = end + 1;
  }
}
