import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `docs/recipes.md`. */
export const RECIPES = readFileSync(join(__dirname, '../../docs/recipes.md'), 'utf8');

/** An entry of the settings, as the page has it. */
export interface Recipe {
  readonly name: string;
  readonly url?: string;
}

/** All of that page. */
export const ENTRIES: readonly Recipe[] = [...RECIPES.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text = '']) => JSON.parse(text) as Recipe,
);

/** The one of this name. */
export function recipe(name: string): Recipe {
  const found = ENTRIES.find((entry) => entry.name === name);
  if (!found) throw new Error(`there is no recipe of ${name}`);
  return found;
}
