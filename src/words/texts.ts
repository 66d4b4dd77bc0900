/** A text for each code of a union: as it stands, or made of the code's figures. A code without a text does not compile. */
export type Texts<Code extends { readonly is: string }> = {
  readonly [Is in Code['is']]: string | ((code: Code & { readonly is: Is }) => string);
};

/** The text of a code. */
export function textIn<Code extends { readonly is: string }>(texts: Texts<Code>, code: Code): string {
  const text: string | ((code: never) => string) = texts[code.is as Code['is']];
  return typeof text === 'string' ? text : text(code as never);
}

/** What says a code of a union. */
export function textsOf<Code extends { readonly is: string }>(texts: Texts<Code>): (code: Code) => string {
  return (code) => textIn(texts, code);
}

/** Whether a code is one of the union that a table is for. */
export function isIn<Code extends { readonly is: string }>(
  texts: Texts<Code>,
  code: { readonly is: string },
): code is Code {
  return Object.hasOwn(texts, code.is);
}
