/**
 * Ends a test, or all tests of a suite from its `before` hook, as "not run". The reason goes to the end of the title,
 * where the summary of `npm test` reads it. @param reason what this machine lacks, in a few words
 */
export function notRun(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Test | Mocha.Hook;
  const mark = (test: { title: string }) => (test.title += ` (not run: ${reason})`);
  if (runnable.type === 'test') mark(runnable);
  else if (context.currentTest) mark(context.currentTest);
  else runnable.parent?.eachTest(mark);
  return context.skip();
}
