import { fileMagic, takeExcerpt } from '@clarion/file-formats/parts';
import { compileFileFilters, memorySource } from '@clarion/layer-archive';
import type { FileFilter, WantedFile } from '@clarion/model';

/** A file as a detector with this filter is given it; undefined if its format is another, or it counts only by links. */
export async function giveFile({ path, content }: WantedFile, files: FileFilter): Promise<WantedFile | undefined> {
  const { magic, excerpt, maxBytes } = files;
  if (compileFileFilters([{ id: 'given', files }]).isExcepted('given', path)) return undefined;
  const format = fileMagic(content);
  if (magic !== undefined && (format === undefined || !magic.includes(format))) return undefined;
  if (excerpt === undefined) return { path, content };
  const taken = await takeExcerpt(memorySource(content), excerpt, { path, maxBytes });
  return taken && { path, content: taken.content, excerpt: taken.excerpt };
}
