/** A setting of `serve` from an option or the configuration file. */
export interface GivenSetting {
  /** The environment variable that it overrides. */
  readonly variable: string;
  readonly text: string;
  /** `--jwks-url` */
  readonly option: string;
}
