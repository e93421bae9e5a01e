import type { Advisory, AdvisoryScope } from '@clarion/model';
import { type Applicability, applies, type ScopeSubject } from './applicability';
import { checks } from './scope-checks';

const unrestricted: AdvisoryScope = {};
const aboutSomethingElse = 'about another architecture, and another product, stream or channel';

function scopeNamesMachine({ scope }: Pick<Advisory, 'scope'>): boolean {
  return scope?.architectures?.some((name) => name !== 'src') === true;
}

/** Compares an advisory's scope with a package; the first check that does not simply apply decides. */
export function applicability(advisory: Pick<Advisory, 'scope' | 'ranges'>, subject: ScopeSubject): Applicability {
  // The hot path: most advisories restrict nothing, and most packages are nothing special.
  if (advisory.scope === undefined && subject.ordinary) return applies;
  let note: string | undefined;
  let elsewhere: Applicability | undefined;
  let channel = false;
  for (const [member, check] of checks) {
    const answer = check(advisory.scope ?? unrestricted, subject, advisory);
    // Source is not an architecture of a binary package.
    if (member === 'architectures' && answer.kind === 'other' && scopeNamesMachine(advisory)) {
      elsewhere = { kind: 'other-architecture', reason: answer.reason };
      continue;
    }
    if (answer.kind !== 'applies')
      return elsewhere === undefined ? answer : { kind: 'other', reason: aboutSomethingElse };
    note ??= answer.note;
    channel ||= answer.channel === true;
  }
  if (elsewhere !== undefined) return elsewhere;
  if (note === undefined && !channel) return applies;
  return { kind: 'applies', ...(note === undefined ? {} : { note }), ...(channel ? { channel } : {}) };
}

/** One restriction of an advisory, or of a package, and whether the two fit. */
export interface ScopeCheck {
  readonly member: keyof AdvisoryScope;
  readonly passed: boolean;
  /** What the advisory demands, what the package is, why they do not fit. */
  readonly detail: string;
}

/** All restrictions that mean something for this pair, in the order they are asked. */
export function scopeChecks(
  advisory: Pick<Advisory, 'scope' | 'ranges'>,
  subject: ScopeSubject,
): readonly ScopeCheck[] {
  const scope = advisory.scope ?? unrestricted;
  return checks.flatMap(([member, check]) => {
    const answer = check(scope, subject, advisory);
    const passed = answer.kind === 'applies';
    const demanded = scope[member];
    if (passed && demanded === undefined) return [];
    const demand = typeof demanded === 'string' ? demanded : (demanded ?? []).join(', ');
    const why = answer.kind === 'applies' || answer.kind === 'information' ? answer.note : answer.reason;
    return [{ member, passed, detail: [demand, why].filter((text) => text !== undefined && text !== '').join(': ') }];
  });
}
