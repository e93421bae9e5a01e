export interface CredentialLookup {
  readonly credentials?: RegistryAuthentication;
  /** Why credentials that were configured could not be had. */
  readonly note?: string;
}

/** Proof of identity for one registry. */
export type RegistryAuthentication =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token for the registry's token service. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A bearer token for the registry itself. */
  | { readonly kind: 'registry-token'; readonly token: string };
