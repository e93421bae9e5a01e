import { decodeText } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';

/** The branch and the repository at the end of a URL: `…/alpine/edge/main`. */
const branch = /\/(edge|latest-stable|v\d+\.\d+)\/(?:main|community|testing)\/?$/;

/**
 * Evidence of the edge branch. If all repositories are edge, the image is edge. If edge is listed beside a stable
 * branch, or only for packages requested by tag (`@edge url`), it is a channel.
 *
 * @see https://wiki.alpinelinux.org/wiki/Repositories
 */
export function parseRepositories({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  let edge = false;
  let tagged = false;
  let stable = false;
  for (const line of decodeText(content).split('\n')) {
    const words = line.trim().split(/\s+/);
    const name = branch.exec(words.at(-1) ?? '')?.[1];
    if (name === undefined || words[0]?.startsWith('#') === true) continue;
    if (name !== 'edge') stable = true;
    else if (words[0]?.startsWith('@') === true) tagged = true;
    else edge = true;
  }
  if (!edge && !tagged) return [];
  const isChannel = stable || !edge;
  const evidence = {
    id: 'alpine:edge',
    packageType: 'apk',
    rank: evidenceRank.refinement,
    refines: 'alpine',
    path,
  } as const;
  return [isChannel ? { ...evidence, channel: true } : evidence];
}
