/** UTF-16 units of a description that are looked at: far more than is shown. */
const mostRead = 4000;

/**
 * A description as one line: records are often a title, an empty line and Markdown. Headings are left out, links are
 * their text, and the title ends like a sentence.
 */
export function plainDescription(description: string): string {
  const [title = '', ...text] = description
    .slice(0, mostRead)
    .replace(/^[ \t]*#{1,6}[ \t].*$/gm, '')
    .replace(/\[([^[\]\n]{1,200})\]\([^()\n]{0,400}\)/g, '$1')
    .replace(/`|\*\*/g, '')
    .split(/\r?\n[ \t]*\r?\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
  if (text.length === 0) return title;
  return `${title}${/[.!?:;]$/.test(title) ? '' : '.'} ${text.join(' ')}`;
}
