/** Each with the secret in place of `x`. */
export const FORMS: readonly string[] = [
  'DB_PASS=x',
  'MYSQL_PWD=x',
  'PGPASSWORD=x node y',
  'AccountKey=x;EndpointSuffix=core',
  'AccountName=a;AccountKey=x',
  'SharedAccessKey=x',
  'Authorization: token x',
  'Authorization: Digest username="u", response="x"',
  '-H "Authorization: token x" http://host',
  "-H 'authorization: ApiKey x' http://host",
  '{"Authorization":"token x"}',
  'Proxy-Authorization: Basic x',
  'X-Api-Key: x',
  'Cookie: sid=x; theme=dark',
  'Set-Cookie: sid=x',
  'curl -b x http://host',
  'curl -b sid=x http://host',
  'curl -u user:x http://host',
  'curl --user user:x http://host',
  'curl -uuser:x http://host',
  'mysql -p x db',
  'mysql -px db',
  'redis-cli -a x ping',
  'tool -k x run',
  'tool --otp x run',
  'tool --otp=x run',
  'tool --pin x',
  'tool --pw x',
  'sshpass -p x ssh host',
  'pass:x',
  'openssl rsa -passin pass:x -in k.pem',
  '-passin x',
  'http://host/?pw=x&page=2',
  'http://host/?pin=x',
  'http://host/?code=x#a',
  'passwort=x',
  'Kennwort: x',
  'passwd x',
  'mot_de_passe=x',
  'contraseña=x',
  'DISPATCHD_PROMPT=x',
  '"DISPATCHD_PROMPT": "x"',
  'sh -c "tool --password=\'x\'"',
  'sh -c "tool --password=\\"x\\""',
  'sh -c \'tool --token "x"\'',
  '{"args":"{\\"password\\":\\"x\\"}"}',
  '{"a":"{\\"b\\":\\"{\\\\\\"password\\\\\\":\\\\\\"x\\\\\\"}\\"}"}',
  'token: x',
  'secret = x',
  'STRIPE_SECRET=x',
  'postgres://user:x@host/db',
  'private_key: x',
];

/** Short ones, long ones, words, and with marks that are usual in passwords. */
export const SECRETS = [
  'hunter2',
  'swordfish',
  'Xk29fQpz',
  'aZ9-bY8_cX7',
  'correcthorsebattery',
  '8f3kd0s1q7',
  'p4ss!w0rd+',
  'Q/w=e1r2',
];

/** A form with the secret in its place. */
export function planted(form: string, secret: string): string {
  return form.replace(/x(?![A-Za-z])(?!.*\bx\b)|\bx\b/, () => secret);
}

/**
 * The first run of four characters of a secret that is in a text, and not in its form.
 * @param always what the text has in it whatever the secret is
 */
export function runLeft(text: string, form: string, secret: string, always = ''): string | undefined {
  for (let at = 0; at + 4 <= secret.length; at++) {
    const run = secret.slice(at, at + 4);
    if (!form.includes(run) && !always.includes(run) && text.includes(run)) return run;
  }
  return undefined;
}
