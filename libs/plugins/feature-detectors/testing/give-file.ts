import { fileMagic, takeExcerpt } from '@clarion/file-formats/parts';
import { memorySource } from '@clarion/layer-archive';
import type { FileFilter, WantedFile } from '@clarion/model';

/** A file as a detector with this filter is given it; undefined if its format is another. */
export async function giveFile(
  { path, content }: WantedFile,
  { magic, excerpt, maxBytes }: FileFilter,
): Promise<WantedFile | undefined> {
  const format = fileMagic(content);
  if (magic !== undefined && (format === undefined || !magic.includes(format))) return undefined;
  if (excerpt === undefined) return { path, content };
  const taken = await takeExcerpt(memorySource(content), excerpt, { path, maxBytes });
  return taken && { path, content: taken.content, excerpt: taken.excerpt };
}
