import { ClarionError, layerHeaders } from '@clarion/model';

/**
 * Request headers that a caller may set for a layer, with lower-case names. Throws `invalid-input` for those that are
 * not on the allow-list (connection headers, cookies, proxies, `Host`) or could end a header line.
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const { max, name: namePattern, value: valuePattern } = layerHeaders;
  if (entries.length > max) throw new ClarionError('invalid-input', `More than ${max} headers for a layer`);
  for (const [name, value] of entries) {
    if (!namePattern.test(name)) {
      throw new ClarionError('invalid-input', `The header ${JSON.stringify(name.slice(0, 80))} cannot be chosen`, {
        remedy: 'allowed are Authorization, Accept, User-Agent, X-Amz-*, X-Ms-* and X-Goog-*',
      });
    }
    if (!valuePattern.test(value)) {
      throw new ClarionError('invalid-input', `The header ${name} has a value that cannot be sent`, {
        remedy: 'it has at most 8,192 visible characters, blanks and tabs',
      });
    }
  }
  return Object.fromEntries(entries);
}
