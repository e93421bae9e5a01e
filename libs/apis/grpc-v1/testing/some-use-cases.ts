import { ClarionError } from '@clarion/model';
import type { UseCases } from '@clarion/use-cases';

export type UseCaseGroups = { [G in keyof UseCases]?: Partial<UseCases[G]> };

/** Use cases with only the given ones implemented; each of the others finds nothing. */
export function useCasesOf(groups: UseCaseGroups): UseCases {
  const nothing = (): never => {
    throw new ClarionError('not-found', 'Nothing there');
  };
  const group = (given: object): object =>
    new Proxy(given, { get: (target, name) => (Reflect.get(target, name) as unknown) ?? nothing });
  return new Proxy(groups, {
    get: (target, name) => group((Reflect.get(target, name) as object | undefined) ?? {}),
  }) as UseCases;
}
