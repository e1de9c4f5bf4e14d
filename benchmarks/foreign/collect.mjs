// Make finished letters of what other tools ship: node collect.mjs FOLDER
// Runs in a folder where the packages named in README.md are installed; FOLDER/mjml may hold
// MJML sources, which are compiled too. Nothing of it is committed here.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'x.js'));
const home = join(process.cwd(), 'node_modules');
const out = process.argv[2];
mkdirSync(out, { recursive: true });
const write = (name, html, text) => {
  writeFileSync(join(out, `${name}.html`), html);
  if (text) writeFileSync(join(out, `${name}.txt`), text);
};
const read = (...path) => readFileSync(join(home, ...path), 'utf8');

const juice = require('juice');
const css = read('foundation-emails', 'dist', 'foundation-emails.css');
const foundation = join('foundation-emails', '.download', 'templates');
for (const name of readdirSync(join(home, foundation))) {
  const page = read(foundation, name).replace(/<link rel="stylesheet"[^>]*>/, '');
  write(`foundation-${name.replace('.html', '')}`, juice.inlineContent(page, css));
}

const ghost = join('ghost', 'core', 'server', 'services', 'mail', 'templates');
const said = { siteUrl: 'https://blog.example/', resetLink: 'https://blog.example/reset/' };
const word = (_, name) => said[name.trim()] ?? (/url|link|picture|logo/i.test(name)
  ? 'https://blog.example/page' : /email/i.test(name) ? 'kate@example.com' : 'Sample words');
// Its newsletter.html is a template with code in it, not a letter.
const finished = (one) => one.endsWith('.html') && one !== 'newsletter.html';
for (const name of readdirSync(join(home, ghost)).filter(finished)) {
  write(`ghost-${name.replace('.html', '')}`, read(ghost, name).replace(/\{\{([^}]+)\}\}/g, word));
}

write('leemunroe-simple', read('responsive-html-email-template', 'email-inlined.html'));

const Mailgen = require('mailgen');
const product = { name: 'Mailgen', link: 'https://mailgen.example/' };
const action = {
  instructions: 'To get started with Mailgen, please click here:',
  button: { color: '#22BC66', text: 'Confirm your account', link: 'https://mailgen.example/c?s=d9' },
};
const greetings = { name: 'John Appleseed', intro: 'Welcome to Mailgen! We’re very excited.' };
const table = {
  data: [{ item: 'Node.js', description: 'Event-driven I/O', price: '$10.99' },
    { item: 'Mailgen', description: 'A package', price: '$1.99' }],
};
const outro = 'Need help? Just reply to this email, we’d love to help.';
for (const theme of ['default', 'neopolitan', 'salted', 'cerberus']) {
  const mail = { body: { ...greetings, action, outro, ...(theme === 'salted' ? { table } : {}) } };
  const generator = new Mailgen({ theme, product });
  write(`mailgen-${theme}`, generator.generate(mail), generator.generatePlaintext(mail));
}

const mjml = require('mjml');
for (const name of readdirSync(join(out, 'mjml')).filter((one) => one.endsWith('.mjml'))) {
  const made = await (mjml.default ?? mjml)(readFileSync(join(out, 'mjml', name), 'utf8'));
  write(`mjml-${name.replace('.mjml', '')}`, made.html);
}

const { build } = require('esbuild');
const { createElement } = require('react');
const { render } = require('@react-email/components');
const emails = join(home, 'create-email', 'template', 'emails');
for (const name of readdirSync(emails).filter((one) => one.endsWith('.tsx'))) {
  const outfile = join(process.cwd(), `${name}.cjs`);
  await build({
    entryPoints: [join(emails, name)], outfile, bundle: true, platform: 'node', format: 'cjs',
    jsx: 'automatic', alias: { 'react-email': '@react-email/components' },
    nodePaths: [home], external: ['react', 'react-dom', '@react-email/components'], logLevel: 'error',
  });
  const letter = require(outfile).default;
  const element = createElement(letter, letter.PreviewProps ?? {});
  const text = await render(element, { plainText: true });
  write(`react-email-${name.replace('.tsx', '')}`, await render(element), text);
}
