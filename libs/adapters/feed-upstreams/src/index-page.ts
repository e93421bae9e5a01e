import { isPlainName } from './document-path';

const href = /<a\s[^>]{0,200}?href\s{0,8}=\s{0,8}(?:"([^"<>]{0,500})"|'([^'<>]{0,500})')/gi;
const maxNames = 100_000;

/**
 * Names of files and folders (with trailing slash) that a directory index page (nginx, Apache, a landing page) at
 * `base` links to and that lie directly below it. Sort links, parents and other hosts are not names.
 */
export function namesOfIndexPage(html: string, base: string): readonly string[] {
  const folder = new URL(base);
  const names = new Set<string>();
  for (const match of html.matchAll(href)) {
    const name = nameBelow(folder, match[1] ?? match[2] ?? '');
    if (name !== undefined) names.add(name);
    if (names.size >= maxNames) break;
  }
  return [...names].sort();
}

function nameBelow(folder: URL, link: string): string | undefined {
  const target = link.replaceAll('&amp;', '&');
  if (!URL.canParse(target, folder.href)) return undefined;
  const url = new URL(target, folder);
  if (url.origin !== folder.origin || url.search !== '' || !url.pathname.startsWith(folder.pathname)) return undefined;
  const rest = url.pathname.slice(folder.pathname.length);
  const name = decode(rest.endsWith('/') ? rest.slice(0, -1) : rest);
  if (name === undefined || !isPlainName(name)) return undefined;
  return rest.endsWith('/') ? `${name}/` : name;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
