/** The packages that a bundle is made of. @param inputs its files */
export function packagesIn(inputs: readonly string[]): readonly string[];
export function licences(inputs: readonly string[]): string;
/** A line for each of the packages that `npm audit --json` knows something against. @throws where it tells nothing */
export function vulnerableIn(
  audit: { readonly vulnerabilities?: object; readonly message?: string },
  packages: readonly string[],
): readonly string[];
