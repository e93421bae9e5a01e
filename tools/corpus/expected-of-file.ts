/** What a report must say about a hostile file; the vulnerable package of the distribution must be found as well. */
export interface ExpectedOfFile {
  /** Names of packages that it must list with this file as evidence. */
  readonly packages?: readonly string[];
  /** It must have a problem with the path of the file, or of the layer where all files share a limit. */
  readonly problem?: 'file' | 'layer';
}
