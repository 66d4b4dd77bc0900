/** Looks at a condition of the process table until it holds. */
export async function untilTrue(condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const startedMs = performance.now();
  while (!condition()) {
    if (performance.now() - startedMs > deadlineMs) throw new Error(`never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
