import { alternatives, ClarionError } from '@clarion/model';
import type { z } from 'zod';

/** The checked part of a request, and the names of its members. */
export type CheckedPart = (
  | { readonly of: 'body' | 'query' | 'path' }
  /** One header; messages name it. */
  | { readonly of: 'header'; readonly name: string }
) & {
  /** Maximum number of reported errors; 10 unless stated. */
  readonly mostErrors?: number | undefined;
};

/** One invalid or missing member (RFC 9457 §3, `errors`). Only names of the request are repeated, never values. */
export interface MemberError {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** JSON pointer into the body: `#/layers/0/url`. */
  readonly pointer?: string;
  /** Name of the parameter or header. */
  readonly parameter?: string;
  /** The error: `is missing`, `is not known`, … */
  readonly detail: string;
}

/** `invalid-input` that names each member. */
export class InvalidMembers extends ClarionError {
  readonly errors: readonly MemberError[];

  constructor(what: string, errors: readonly MemberError[]) {
    super('invalid-input', `${what} is not valid: ${errors.map(inWords).join('; ')}`);
    this.errors = errors;
  }
}

const subjects = { body: 'The body', query: 'The query', path: 'The address', header: 'A header' } as const;
const longestName = 200;

/** Throws `InvalidMembers` when the value does not match the schema. */
export function checked<T>(value: unknown, schema: z.ZodType<T>, what: CheckedPart): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { mostErrors = 10 } = what;
  const faults = firstOf(faultsOf(result.error.issues, value, mostErrors), mostErrors);
  throw new InvalidMembers(
    subjects[what.of],
    faults.map((fault) => errorOf(fault, what)),
  );
}

interface Fault {
  readonly path: readonly string[];
  readonly detail: string;
}

type Issue = z.core.$ZodIssue;

/** One after the other: of many errors, only the first ones are used. */
function* faultsOf(issues: readonly Issue[], value: unknown, most: number): Generator<Fault> {
  for (const issue of issues) {
    const path = issue.path.map(String);
    const here = valueAt(value, issue.path);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) yield { path: [...path, key], detail: 'is not known' };
    } else if (here === undefined && path.length > 0) {
      yield { path, detail: 'is missing' };
    } else if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid ')) {
      // The schema has no words of its own.
      yield { path, detail: `must be ${alternatives(issue.values.map(String))}` };
    } else if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
      yield { path, detail: issue.message };
    } else {
      // Of several forms, the best match is the one that was meant.
      const forms = issue.errors.map((inner) => firstOf(faultsOf(inner, here, most), most));
      const meant = forms.reduce((best, form) => (form.length < best.length ? form : best));
      yield* meant.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
    }
  }
}

function firstOf(faults: Iterable<Fault>, most: number): readonly Fault[] {
  const first: Fault[] = [];
  for (const fault of faults) if (first.push(fault) === most) break;
  return first;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

function errorOf({ path, detail }: Fault, what: CheckedPart): MemberError {
  if (what.of === 'header') return { in: 'header', parameter: what.name, detail };
  if (what.of !== 'body') return { in: what.of, parameter: (path[0] ?? '').slice(0, longestName), detail };
  return { in: 'body', pointer: `#${path.map(escaped).join('')}`.slice(0, longestName), detail };
}

/** One step of a JSON pointer (RFC 6901). */
function escaped(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function inWords({ pointer, parameter, detail }: MemberError): string {
  const name = parameter ?? pointer?.slice(2).replaceAll('/', '.') ?? '';
  return name === '' ? detail : `"${name}" ${detail}`;
}
