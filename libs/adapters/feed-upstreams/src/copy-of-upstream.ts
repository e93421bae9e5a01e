import { ClarionError, type Upstream } from '@clarion/model';

/**
 * The file with the time at which a mirror was made, in the folder of one feed or of all feeds. It contains only a
 * time.
 */
const stampName = 'mirrored-at';
const mostStampBytes = 64;

/**
 * An upstream that is a copy of another one. Its age is the content of `mirrored-at`, which is searched for in each of
 * `stamps`, or else that of the newest document that was read.
 */
export function copyOfUpstream(copy: Upstream, stamps: readonly Pick<Upstream, 'get'>[]): Upstream {
  let newest: string | undefined;
  return {
    async get(path, validators) {
      const answer = await copy.get(path, validators);
      const modifiedAt = answer.kind === 'missing' ? undefined : answer.modifiedAt;
      if (modifiedAt !== undefined && (newest === undefined || modifiedAt > newest)) newest = modifiedAt;
      return answer;
    },
    list: (folder) => copy.list(folder),
    async mirroredAt() {
      for (const upstream of stamps) {
        const stamp = await stampIn(upstream);
        if (stamp !== undefined) return stamp;
      }
      return newest;
    },
  };
}

async function stampIn(upstream: Pick<Upstream, 'get'>): Promise<string | undefined> {
  const answer = await upstream.get(stampName);
  if (answer.kind !== 'content') return undefined;
  let text = '';
  for await (const chunk of answer.body) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > mostStampBytes) break;
  }
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text.trim());
  const time = isTime ? Date.parse(text.trim()) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new ClarionError('corrupt-data', `The file ${stampName} of the mirror does not hold a time`, {
    remedy: 'write one with: date -u +%Y-%m-%dT%H:%M:%SZ',
  });
}
