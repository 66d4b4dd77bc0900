import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');
/** VS Code cuts the labels of four buttons, in a window of any width; *Cancel* of a question is its own. */
const MOST = 3;

/** Where a message or a question is made: how many buttons it may have at most, as far as its own code tells. */
interface Place {
  readonly where: string;
  readonly most: number;
}

function placesIn(file: string): readonly Place[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const places: Place[] = [];
  const add = (node: ts.Node, buttons: readonly ts.Expression[]) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    places.push({ where: `${file.slice(ROOT.length + 1)}:${line}`, most: countOf(buttons, source) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      // say(level, text, ...buttons), ask(level, question, detail, ...buttons)
      if (node.expression.text === 'say') add(node, node.arguments.slice(2));
      if (node.expression.text === 'ask') add(node, node.arguments.slice(3));
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'offers') {
      for (const list of listsIn(node.initializer)) add(list, [...list.elements]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return places;
}

/** Each of the lists between which a condition chooses. */
function listsIn(node: ts.Expression): readonly ts.ArrayLiteralExpression[] {
  if (ts.isArrayLiteralExpression(node)) return [node];
  if (ts.isConditionalExpression(node)) return [...listsIn(node.whenTrue), ...listsIn(node.whenFalse)];
  return [];
}

/** A spread list is as long as the longest that it may be. */
function countOf(buttons: readonly ts.Expression[], source: ts.SourceFile): number {
  return buttons.reduce((sum, button) => sum + (ts.isSpreadElement(button) ? spread(button, source) : 1), 0);
}

function spread({ expression }: ts.SpreadElement, source: ts.SourceFile): number {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  const lists = listsIn(ts.isIdentifier(inner) ? (valueOf(inner.text, source) ?? inner) : inner);
  // What another function makes has the type `Buttons`, which has no more.
  return lists.length === 0 ? 0 : Math.max(...lists.map((list) => countOf([...list.elements], source)));
}

function valueOf(name: string, source: ts.SourceFile): ts.Expression | undefined {
  let value: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) value = node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return value;
}

describe('the buttons of all messages and questions', () => {
  const files = ['src/ui', 'src/app'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(ROOT, folder, name)),
  );
  const places = files.flatMap(placesIn);

  it('are found', () => assert.ok(places.length > 25, `${places.length} places`));

  it('are three at most', () => {
    assert.deepEqual(
      places.filter(({ most }) => most > MOST),
      [],
    );
  });

  it('are made by one file alone', () => {
    const others = files.filter(
      (file) =>
        !file.endsWith('ui/shared/say.ts') &&
        /\bshow(Error|Warning|Information)Message\b/.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual(others, []);
  });
});
