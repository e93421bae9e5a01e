/** The page that a query requests. */
export function pageOf(query: { readonly limit?: number | undefined; readonly after?: string | undefined }): {
  readonly limit: number;
  readonly after?: string;
} {
  const { limit = 100, after } = query;
  return { limit, ...(after === undefined ? {} : { after }) };
}
