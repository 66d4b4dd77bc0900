import { createHash } from 'node:crypto';
import { saidText } from '../../base/said';
import { withoutSecrets } from '../../base/secrets';
import { MAX_LABELS_CHARS, MAX_SERIES_NAME_CHARS } from './policy';
import type { Labels } from './vector';

/** The labels in one text, which no others have; Prometheus gives them in the order of their names. */
export function idOf(labels: Labels): string {
  let id = '';
  for (const label in labels) {
    const value = labels[label]!;
    const quoted = /["\\]/.test(value) ? JSON.stringify(value) : `"${value}"`;
    id += `${id === '' ? '' : ','}${label}=${quoted}`;
  }
  return id.length > MAX_LABELS_CHARS ? `${id.slice(0, MAX_LABELS_CHARS)}… ${hashOf(id)}` : id;
}

/** The same to be shown and kept: a secret that is left out may be all that others differ by. */
export function keyOf(id: string): string {
  const key = withoutSecrets(id);
  return key === id ? id : `${key} ${hashOf(id)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

const PLACEHOLDER = /\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g;

/**
 * Fills a name with the labels of a series; without any, all labels are its name. What stands before the first label is
 * the name of the fleet, below which each row would say that again.
 */
export function namer(template: string): (labels: Labels) => string {
  const parts = template.split(PLACEHOLDER);
  parts[0] = '';
  return (labels) => {
    const textOf = (label: string) => (Object.hasOwn(labels, label) ? labels[label]! : '');
    let name = '';
    let isNamed = false;
    // Every second part is a label.
    for (let n = 0; n < parts.length; n++) {
      const text = n % 2 === 0 ? parts[n]! : textOf(parts[n]!);
      name += text;
      isNamed ||= n % 2 === 1 && text !== '';
    }
    return (isNamed && saidText(name, MAX_SERIES_NAME_CHARS)) || allOf(labels);
  };
}

/** As Prometheus writes it: what a sum over all gives. */
const NO_LABELS = '{}';

function allOf(labels: Labels): string {
  const { __name__: metric, ...rest } = labels;
  const { instance } = rest;
  if (instance) return saidText(instance, MAX_SERIES_NAME_CHARS);
  const name = idOf(rest) || (metric ?? '');
  return saidText(name, MAX_SERIES_NAME_CHARS) || NO_LABELS;
}

/** Whether two series have the same labels. */
export function isSameLabels(one: Labels, other: Labels): boolean {
  let count = 0;
  for (const label in one) {
    if (one[label] !== other[label]) return false;
    count++;
  }
  for (const label in other) if (label) count--;
  return count === 0;
}
