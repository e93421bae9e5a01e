import { ClarionError, type DetectorClient, type DetectorInfo } from '@clarion/model';
import { missingDetector } from '../local/local-detector-client';

/** A client that may have an address to be named by. */
type Member = DetectorClient & { readonly address?: string };
type Results = Awaited<ReturnType<DetectorClient['detect']>>;

/**
 * Combines several clients: in-process detectors, Clarion services and custom services. Each detector runs where it is
 * hosted, all in parallel. A member that cannot list its detectors fails the whole client; otherwise layers would be
 * marked as indexed although detectors are missing. Throws `invalid-input` when two members have the same detector.
 */
export function joinedDetectorClient(members: readonly Member[]): DetectorClient {
  const lists = async (): Promise<readonly (readonly DetectorInfo[])[]> => {
    const all = await Promise.all(members.map((member) => member.list()));
    refuseDuplicates(all, members);
    return all;
  };
  // The same list while no member has another one: what was compiled for it is found again.
  let last: { readonly lists: readonly (readonly DetectorInfo[])[]; readonly all: readonly DetectorInfo[] } | undefined;
  return {
    async list() {
      const now = await lists();
      if (!now.every((list, index) => list === last?.lists[index])) last = { lists: now, all: now.flat() };
      return last?.all ?? now.flat();
    },
    async detect(requests) {
      const owners = new Map<string, Member>();
      (await lists()).forEach((infos, index) => {
        const member = members[index];
        if (member !== undefined) infos.forEach(({ id }) => owners.set(id, member));
      });
      const answers = new Map<number, Results[number]>();
      const ask = async (member: Member): Promise<void> => {
        const own = [...requests.entries()].filter(([, { detector }]) => owners.get(detector) === member);
        if (own.length === 0) return;
        const results = await member.detect(own.map(([, request]) => request));
        own.forEach(([index], at) => {
          const result = results[at];
          if (result !== undefined) answers.set(index, result);
        });
      };
      await Promise.all(members.map(ask));
      return requests.map((request, index) => {
        return answers.get(index) ?? { ...missingDetector(request), detector: request.detector };
      });
    },
  };
}

function refuseDuplicates(lists: readonly (readonly DetectorInfo[])[], members: readonly Member[]): void {
  const owners = new Map<string, string>();
  lists.forEach((infos, index) => {
    const name = members[index]?.address ?? 'this process';
    for (const { id } of infos) {
      const other = owners.get(id);
      if (other !== undefined) {
        throw new ClarionError('invalid-input', `The detector ${id} is there twice: in ${other} and in ${name}`, {
          remedy: 'give one of them another id, or leave its service out of the configuration',
        });
      }
      owners.set(id, name);
    }
  });
}
