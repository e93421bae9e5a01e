/** One process with everything, as the specs of the use cases have it. */
export * from '../../../../domain/use-cases/src/testdata/installation';
