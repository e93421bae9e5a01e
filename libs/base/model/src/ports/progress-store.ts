/** How far work that is done again and again has come, by its name: another process goes on from there. */
export interface ProgressStore {
  /** Undefined for work that never came anywhere. */
  progress(name: string): Promise<string | undefined>;
  /** Replaces it, unless it is no longer `from`: then another process was faster, and the result is false. */
  putProgress(name: string, step: { readonly from: string | undefined; readonly to: string }): Promise<boolean>;
}
