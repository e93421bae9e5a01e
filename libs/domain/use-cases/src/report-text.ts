import type { ReportFile } from './report-file';

/** The text of a file that is known to be bounded: a page by its limit, and the problems of layers by their readers. */
export async function textOf({ content, close }: ReportFile): Promise<string> {
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    await close();
  }
}
