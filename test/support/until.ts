/**
 * Waits until a condition holds, with a deadline that suits a loaded machine.
 *
 * @param what completes "waited in vain for …"
 * @throws when the condition does not hold in time
 */
export async function until(
  condition: () => unknown,
  what = String(condition),
  withinMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
